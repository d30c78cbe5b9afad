using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Operations.Backups;
using Ebla.Operations.Restores;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations.Restores;

/// <summary>A source, a repository in memory, and a place for targets.</summary>
internal sealed class RestoreFixture : IAsyncDisposable
{
    private RestoreFixture(Repository repository, MemoryBackend backend)
    {
        Repository = repository;
        Backend = backend;
        Root = Directory.CreateTempSubdirectory("ebla-restore-").FullName;
        Source = Directory.CreateDirectory(Path.Combine(Root, "source")).FullName;
    }

    public string Root { get; }

    public string Source { get; }

    public string Target => Path.Combine(Root, "target");

    public MemoryBackend Backend { get; }

    public Repository Repository { get; private set; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<RestoreFixture> CreateAsync(int averageChunkSizeInBytes = 64 << 10)
    {
        MemoryBackend backend = new();
        return new RestoreFixture(await TestRepository.InitAsync(backend, averageChunkSizeInBytes), backend);
    }

    public string InSource(string name) => Path.Combine(Source, name);

    public void Shell(string script) => _ = TreeListing.Run(Source, script);

    public async Task<BackupResult> BackupAsync(UploadOptions? upload = null)
    {
        RecordingObserver observer = new();
        BackupResult result = await BackupOperation.RunAsync(
            Repository,
            new BackupOptions { Paths = [ByteName.FromText(Source)], Upload = upload ?? new UploadOptions() },
            observer,
            Token);
        Assert.Empty(observer.Problems);
        return result;
    }

    public RestoreOptions Options(string? path = null) => new()
    {
        Snapshot = "latest",
        PathInSnapshot = ByteName.FromText(path ?? Source),
        Target = ByteName.FromText(Target),
    };

    public async Task<(RestoreResult Result, RecordingRestoreObserver Seen)> RestoreAsync(
        RestoreOptions? options = null, Repository? repository = null)
    {
        RecordingRestoreObserver observer = new();
        RestoreResult result = await RestoreOperation.RunAsync(repository ?? Repository, options ?? Options(), observer, Token);
        Assert.Equal(observer.Problems.Count, result.Errors);
        return (result, observer);
    }

    /// <summary>Restores without a problem and compares everything.</summary>
    public async Task<RestoreResult> RestoreAndCompareAsync(RestoreOptions? options = null)
    {
        (RestoreResult result, RecordingRestoreObserver seen) = await RestoreAsync(options);
        Assert.Empty(seen.Problems);
        Assert.Empty(seen.Notices);
        Assert.Equal(TreeListing.Of(Source), TreeListing.Of(Target));
        return result;
    }

    /// <summary>Everything restored equals the source, and what is listed is all that is missing.</summary>
    public void CompareExcept(IEnumerable<string> missing)
    {
        SortedDictionary<string, string> expected = TreeListing.Of(Source);
        foreach (string path in missing)
        {
            Assert.True(expected.Remove(Path.GetRelativePath(Source, path)), $"{path} is not in the source");
        }
        Assert.Equal(expected, TreeListing.Of(Target));
    }

    /// <summary>The packs, largest first.</summary>
    public async Task<List<ObjectInfo>> ListPacksAsync()
    {
        List<ObjectInfo> packs = [];
        await foreach (ObjectInfo info in Backend.ListAsync(ObjectKind.Pack, Token))
        {
            packs.Add(info);
        }
        return [.. packs.OrderByDescending(info => info.SizeInBytes)];
    }

    /// <summary>Changes an object behind the repository's back.</summary>
    public async Task ReplaceAsync(ObjectInfo info, Func<byte[], byte[]> change)
    {
        byte[] content = new byte[info.SizeInBytes];
        Assert.True(await Backend.GetAsync(info.Name, 0, content, null, Token));
        await Backend.DeleteAsync(info.Name, Token);
        await Backend.PutAsync(info.Name, new(change(content)), Token);
        await Backend.FlushAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Repository.DisposeAsync();
        _ = TreeListing.Run("/", $"chmod -R u+rwX '{Root}' && rm -rf '{Root}'");
    }
}
