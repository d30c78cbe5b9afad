using Ebla.Backends.Local;
using Ebla.Backends.Memory;
using Ebla.Operations.Backups;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations;

public sealed class BackupExclusionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ebla-backup-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_excluded_folder_is_left_out_by_whatever_path_it_is_named()
    {
        string kept = Directory.CreateDirectory(Path.Combine(_folder, "kept")).FullName;
        string left = Directory.CreateDirectory(Path.Combine(_folder, "a", "left")).FullName;
        await File.WriteAllTextAsync(Path.Combine(kept, "one"), "1", Token);
        await File.WriteAllTextAsync(Path.Combine(left, "two"), "2", Token);
        string link = Path.Combine(_folder, "link");
        _ = File.CreateSymbolicLink(link, left);
        RecordingObserver observer = new();

        BackupResult result = await BackupAsync(observer, [link, Path.Combine(_folder, "missing")]);

        Assert.Equal(1, result.FilesNew);
        Assert.Equal(3, result.Directories - CountOfParents(_folder)); // the folder itself, kept, a
        Assert.Equal(0, result.Errors);
        Assert.Equal(ByteName.FromText(left), Assert.Single(observer.Notices).Path);
    }

    [Fact]
    public async Task A_repository_inside_its_source_does_not_grow_by_its_own_backups()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "one"), "1", Token);
        string location = Path.Combine(_folder, "repository");
        await using Repository repository = await TestRepository.InitAsync(LocalBackend.Open(location));
        BackupResult? last = null;
        for (int i = 0; i < 3; i++)
        {
            last = await BackupAsync(new RecordingObserver(), [location], repository);
        }

        Assert.Equal(1, last!.FilesUnmodified);
        Assert.Equal(0, last.FilesNew + last.FilesChanged);
        // The folders above the source are in the tree too, and other programs change their times.
        Assert.InRange(last.AddedInBytes, 0, 2000);
    }

    // The directories above the folder are part of the tree too.
    private static int CountOfParents(string folder) => folder.Split('/', StringSplitOptions.RemoveEmptyEntries).Length - 1;

    private async Task<BackupResult> BackupAsync(RecordingObserver observer, string[] excluded)
    {
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend);
        return await BackupAsync(observer, excluded, repository);
    }

    private Task<BackupResult> BackupAsync(RecordingObserver observer, string[] excluded, Repository repository)
        => BackupOperation.RunAsync(
            repository,
            new BackupOptions
            {
                Paths = [ByteName.FromText(_folder)],
                ExcludedFolders = [.. excluded.Select(ByteName.FromText)],
            },
            observer,
            Token);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
