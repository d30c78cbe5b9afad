using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Indexing;
using Ebla.Operations.Checks;
using Ebla.Operations.Copies;
using Ebla.Operations.Restores;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Operations.Restores;
using Xunit;

namespace Ebla.Tests.Operations.Copies;

/// <summary>Makes destinations, copies into them, and looks at what came of it.</summary>
internal static class CopyFixture
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A new repository: like the other, or with names and cuts of its own.</summary>
    public static async Task<MemoryBackend> MakeDestinationAsync(IBackend source, bool isLike)
    {
        MemoryBackend made = new();
        await using Repository other = await TestRepository.OpenAsync(source);
        await using Repository repository = isLike
            ? await TestRepository.InitAsync(made, like: other.Keys.Ring)
            : await TestRepository.InitAsync(made, averageChunkSizeInBytes: 32 << 10);
        return made;
    }

    public static async Task<(CopyResult Result, RecordingCopyObserver Seen)> CopyAsync(
        IBackend source, IBackend destination, CopyOptions? options = null)
    {
        RecordingCopyObserver observer = new();
        await using Repository from = await TestRepository.OpenAsync(source);
        await using Repository to = await TestRepository.OpenAsync(destination);
        CopyResult result = await CopyOperation.RunAsync(from, to, options ?? new CopyOptions(), observer, Token);
        return (result, observer);
    }

    public static async Task<IReadOnlyList<StoredSnapshot>> SnapshotsAsync(IBackend backend)
    {
        await using Repository repository = await TestRepository.OpenAsync(backend);
        SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
        Assert.Empty(list.Findings);
        return list.Snapshots;
    }

    /// <summary>What a snapshot restores to.</summary>
    public static async Task<SortedDictionary<string, string>> RestoreAsync(IBackend backend, ObjectId snapshot)
    {
        string target = Directory.CreateTempSubdirectory("ebla-copied-").FullName;
        try
        {
            await using Repository repository = await TestRepository.OpenAsync(backend);
            RecordingRestoreObserver observer = new();
            _ = await RestoreOperation.RunAsync(
                repository,
                new RestoreOptions { Snapshot = snapshot.ToString(), Target = ByteName.FromText(target) },
                observer,
                Token);
            Assert.Empty(observer.Problems);
            return TreeListing.Of(target);
        }
        finally
        {
            Directory.Delete(target, recursive: true);
        }
    }

    /// <summary>The ids of all blobs, with every copy of each.</summary>
    public static async Task<List<BlobId>> BlobsAsync(IBackend backend)
    {
        await using Repository repository = await TestRepository.OpenAsync(backend);
        LoadedCatalog catalog = await repository.CreateCatalogLoader().LoadForWritingAsync(Token);
        using BlobIndex index = catalog.Index;
        List<BlobId> ids = [];
        for (long ordinal = 0; ordinal < index.EntryCount; ordinal++)
        {
            ids.Add(index.GetEntry(ordinal).Id);
        }
        ids.Sort();
        return ids;
    }

    /// <summary>Reads every stored byte; nothing may be wrong with it.</summary>
    public static async Task AssertWholeAsync(IBackend backend, string what = "")
    {
        await using Repository repository = await TestRepository.OpenAsync(backend);
        CheckResult result = await CheckOperation.RunAsync(
            repository, new CheckOptions { ReadData = true }, new SilentCheck(), Token);
        CheckFinding[] findings = [.. result.Findings.Where(finding => finding.Severity != CheckSeverity.Information)];
        Assert.True(findings.Length == 0, $"{what}: {string.Join('\n', findings.Select(finding => finding.Message))}");
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
}
