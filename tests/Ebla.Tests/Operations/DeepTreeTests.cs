using Ebla.Backends.Memory;
using Ebla.Operations;
using Ebla.Operations.Backups;
using Ebla.Operations.Backups.Scanning;
using Ebla.Operations.Checks;
using Ebla.Operations.Listing;
using Ebla.Operations.Restores;
using Ebla.Operations.Statistics;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.FileSystems;
using Ebla.Tests.Operations.Restores;
using Xunit;

namespace Ebla.Tests.Operations;

public sealed class DeepTreeTests
{
    private const int Depth = 50_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tree_fifty_thousand_directories_deep_goes_there_and_back()
    {
        // In memory where there is a file system in it: a disk takes a minute for it.
        string? root = Directory.Exists("/dev/shm") ? "/dev/shm" : null;
        using TestFolder source = new(root);
        using TestFolder target = new(root);
        try
        {
            await GoAsync(source, target);
        }
        finally
        {
            DeepFolder.Remove(source.FullName);
            DeepFolder.Remove(target.FullName);
        }
    }

    private static async Task GoAsync(TestFolder source, TestFolder target)
    {
        int files = DeepFolder.Make(source.Target, Depth);
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend);
        RecordingObserver seen = new();
        BackupOptions options = new() { Paths = [ByteName.FromText(source.FullName)] };
        SourceEstimate estimate = SourceEstimate.Start(options, Token);

        BackupResult first = await BackupOperation.RunAsync(repository, options, seen, Token);
        BackupResult second = await BackupOperation.RunAsync(repository, options, seen, Token);
        await estimate.Completion;

        Assert.Empty(seen.Problems);
        Assert.Equal(files, first.FilesNew);
        Assert.Equal(files, estimate.Files);
        Assert.InRange(first.Directories, Depth + 1, Depth + 10);
        Assert.Equal(files, second.FilesUnmodified);
        Assert.InRange(second.AddedInBytes, 0, 2000);

        CheckResult check = await CheckOperation.RunAsync(repository, new CheckOptions(), new SilentCheck(), Token);
        Assert.Empty(check.Findings);
        Assert.InRange(check.Blobs, Depth, Depth + 1000);

        SilentList problems = new();
        int listed = 0;
        ByteName deepest = default;
        await foreach (ListedEntry entry in ListOperation.RunAsync(
            repository, SnapshotPath.Parse("latest"), new ListOptions { Recursive = true }, problems, Token))
        {
            listed++;
            deepest = entry.Path.Length > deepest.Length ? entry.Path : deepest;
        }
        Assert.Equal(first.Directories + files, listed);
        Assert.InRange(deepest.Length, 2 * Depth, 2 * Depth + 100);

        StatsResult stats = await StatsOperation.RunAsync(repository, new StatsOptions(), Token);
        Assert.Equal(check.Blobs, stats.Blobs);

        RecordingRestoreObserver restored = new();
        RestoreResult result = await RestoreOperation.RunAsync(
            repository,
            new RestoreOptions
            {
                Snapshot = "latest",
                PathInSnapshot = ByteName.FromText(source.FullName),
                Target = ByteName.FromText(target.FullName),
            },
            restored,
            Token);
        Assert.Empty(restored.Problems);
        Assert.Equal(files, result.Files);
        Assert.Equal(Depth, DeepFolder.AssertSame(source.Source, target.Source));
    }

    private sealed class SilentCheck : ICheckObserver
    {
        public void Started(CheckCounters counters)
        {
        }

        public void Found(CheckFinding finding)
        {
        }
    }

    private sealed class SilentList : IListObserver
    {
        public void Problem(ListProblem problem) => Assert.Fail(problem.Message);
    }
}
