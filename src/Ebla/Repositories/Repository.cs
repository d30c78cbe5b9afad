using System.Buffers;
using Ebla.Backends;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>An open repository: a back-end and the keys to it. Safe for concurrent use; owns both.</summary>
public sealed class Repository : IAsyncDisposable
{
    // Slots, members and grants are a few KiB.
    private const int KeyObjectSizeInBytesMax = 1 << 20;

    private readonly bool _isView;

    private Repository(IBackend backend, UnlockedKeys keys, RepositoryOptions options)
    {
        Backend = backend;
        Keys = keys;
        Time = options.Time;
        Cache = CatalogCache.Open(options.CacheFolder, keys.Header.Repository);
        Metadata = MetadataCache.TryOpen(options.CacheFolder, keys.Header.Repository, options.MetadataCacheSizeInBytes, options.Time);
        Objects = new ObjectReader(backend);
    }

    private Repository(Repository below, IBackend backend)
    {
        Backend = backend;
        Keys = below.Keys;
        Time = below.Time;
        Cache = below.Cache;
        Metadata = below.Metadata;
        Objects = new ObjectReader(backend);
        _isView = true;
    }

    /// <summary>Where the objects are.</summary>
    public IBackend Backend { get; }

    /// <summary>The keys of the member who opened it.</summary>
    public UnlockedKeys Keys { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>The repository's id.</summary>
    public RepositoryId Id => Keys.Header.Repository;

    /// <summary>Where this run keeps its index: below the cache folder, or in a temporary one. Not to be backed up.</summary>
    public string CacheFolder => Cache.Folder;

    internal CatalogCache Cache { get; }

    /// <summary>Null if there is none.</summary>
    internal MetadataCache? Metadata { get; }

    internal ObjectReader Objects { get; }

    /// <summary>Makes a new repository and opens it. The header is written last: before it, nothing is a repository.</summary>
    /// <exception cref="RepositoryExistsException">There is one already.</exception>
    /// <exception cref="CorruptDataException">There is one that has lost its header.</exception>
    public static async Task<Repository> InitAsync(
        IBackend backend, RepositoryCreation creation, RepositoryOptions options, CancellationToken cancellationToken)
    {
        if (await backend.ReadHeaderAsync(cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new RepositoryExistsException($"There is a repository at {backend.Location} already.");
        }
        if (await FindSnapshotAsync(backend, cancellationToken).ConfigureAwait(false) is { } orphan)
        {
            throw new CorruptDataException(
                $"At {backend.Location} there are snapshots ({orphan}) of a repository whose header is lost. Put the header back from a copy of the "
                + "store: it never changes. Or make the new repository elsewhere.");
        }
        NewRepository created = NewRepository.Create(creation);
        try
        {
            foreach (StoredKey key in created.KeyObjects)
            {
                await backend.PutAsync(
                    new ObjectName(ObjectKind.Key, key.Id), new ReadOnlySequence<byte>(key.Bytes), cancellationToken)
                    .ConfigureAwait(false);
            }
            await backend.FlushAsync(cancellationToken).ConfigureAwait(false);
            await backend.CreateHeaderAsync(created.HeaderBytes, cancellationToken).ConfigureAwait(false);
            return new Repository(backend, created.Keys, options);
        }
        catch
        {
            created.Keys.Dispose();
            throw;
        }
    }

    /// <summary>Opens a repository.</summary>
    /// <exception cref="NoRepositoryException">There is none.</exception>
    /// <exception cref="WrongKeyException">The credential opens no slot.</exception>
    public static Task<Repository> OpenAsync(
        IBackend backend, Credential credential, RepositoryOptions options, CancellationToken cancellationToken)
        => OpenAsync(backend, () => credential, options, cancellationToken);

    /// <summary>Opens a repository with a credential that is found, or asked for, once it is known that there is one.</summary>
    /// <exception cref="NoRepositoryException">There is none. If not even its bucket is there, an inner one says so.</exception>
    /// <exception cref="WrongKeyException">The credential opens no slot.</exception>
    public static async Task<Repository> OpenAsync(
        IBackend backend, Func<Credential> findCredential, RepositoryOptions options, CancellationToken cancellationToken)
    {
        // Together: each costs the time of the way there and back.
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<List<StoredKey>> reading = ReadKeysAsync(backend, stop.Token);
        try
        {
            byte[] header = await backend.ReadHeaderAsync(cancellationToken).ConfigureAwait(false)
                ?? throw await MissingAsync(backend, reading).ConfigureAwait(false);
            Credential credential = findCredential();
            List<StoredKey> keys = await reading.ConfigureAwait(false);
            return new Repository(backend, UnlockedKeys.Open(header, keys, credential, options.Entropy), options);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isView)
        {
            return;
        }
        Keys.Dispose();
        Cache.Close();
        await Backend.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The same repository through a decorator of its back-end. Owns nothing; valid as long as this one is.</summary>
    internal Repository Through(IBackend decorator) => new(this, decorator);

    /// <summary>Waits, by the repository's clock.</summary>
    internal Task DelayAsync(TimeSpan time, CancellationToken cancellationToken)
        => time == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(time, Time, cancellationToken);

    internal CatalogLoader CreateCatalogLoader() => new(Backend, Keys, Cache, Metadata);

    // Key objects alone would be what an init left that was cut off.
    private static async Task<ObjectName?> FindSnapshotAsync(IBackend backend, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (ObjectInfo info in backend.ListAsync(ObjectKind.Snapshot, cancellationToken).ConfigureAwait(false))
            {
                return info.Name;
            }
            return null;
        }
        catch (NoRepositoryException)
        {
            return null; // Not even the bucket is there.
        }
    }

    // A header that is not there says nothing of a bucket; a listing does.
    private static async Task<NoRepositoryException> MissingAsync(IBackend backend, Task listing)
    {
        await listing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return listing.Exception?.InnerException is NoRepositoryException missing
            ? new NoRepositoryException($"{missing.Message} 'ebla init' makes it, and a repository in it.", missing)
            : new NoRepositoryException($"There is no repository at {backend.Location}. Make one with: ebla init");
    }

    // A damaged key object is handed on as it is: another slot may open, and opening reports what it could not use.
    private static async Task<List<StoredKey>> ReadKeysAsync(IBackend backend, CancellationToken cancellationToken)
    {
        List<ObjectInfo> listed = await Concurrently.ReadAllAsync(backend.ListAsync(ObjectKind.Key, cancellationToken))
            .ConfigureAwait(false);
        List<StoredKey> keys = [];
        await foreach ((ObjectInfo info, Task<byte[]?> reading) in Concurrently.ForEachAsync(
            listed, ReadAsync, Concurrently.SmallObjects, cancellationToken).ConfigureAwait(false))
        {
            if (await reading.ConfigureAwait(false) is { } content)
            {
                keys.Add(new StoredKey(info.Name.Id, content));
            }
        }
        return keys;

        async Task<byte[]?> ReadAsync(ObjectInfo info, CancellationToken cancellationToken)
        {
            byte[] content = new byte[Math.Min(info.SizeInBytes, KeyObjectSizeInBytesMax)];
            return await backend.GetAsync(info.Name, 0, content, null, cancellationToken).ConfigureAwait(false) ? content : null;
        }
    }
}
