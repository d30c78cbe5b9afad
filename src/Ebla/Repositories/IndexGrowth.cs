using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>Adds segments to an index that came after it was loaded: a prune may have moved blobs meanwhile.</summary>
/// <remarks>
/// For readers: a list is no snapshot, so three lists in a row must show nothing new before the reader is told so. Then nobody is asked for
/// a while: where much is lost, each blob would ask.
/// </remarks>
internal sealed class IndexGrowth(
    LoadedCatalog catalog, IBackend backend, Func<ObjectName, CancellationToken, Task<IReadOnlyList<IndexedPack>?>> read, CatalogCache cache)
{
    private const int ListsMax = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly HashSet<ObjectId> _known = [.. catalog.Segments];
    private Task<bool> _looking = Task.FromResult(false);
    private long? _barren;

    /// <summary>True if something came. Those who ask while one looks share what it finds.</summary>
    public Task<bool> GrowAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_looking.IsCompleted)
            {
                _looking = LookAsync(cancellationToken);
            }
            return _looking;
        }
    }

    /// <summary>Adds what came since, as one list shows it. Not while this is called by another.</summary>
    /// <param name="isUsable">Whether a pack of this id and size counts.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Whether anything came.</returns>
    public async Task<bool> TryAddAsync(Func<ObjectId, long, bool> isUsable, CancellationToken cancellationToken)
    {
        // After a prune that rewrote the whole index this is all of it: so it comes in parts.
        List<IndexedPack> packs = [];
        long bytes = 0;
        bool hasGrown = false;
        await foreach (ObjectInfo info in backend.ListAsync(ObjectKind.Index, cancellationToken).ConfigureAwait(false))
        {
            if (_known.Contains(info.Name.Id))
            {
                continue;
            }
            try
            {
                if (await read(info.Name, cancellationToken).ConfigureAwait(false) is { } named)
                {
                    packs.AddRange(named);
                    bytes += info.SizeInBytes;
                    _ = _known.Add(info.Name.Id);
                }
            }
            catch (Exception exception) when (exception is CorruptDataException or UnsupportedFormatException)
            {
                _ = _known.Add(info.Name.Id); // A check tells of it.
            }
            if (bytes >= CatalogLoader.BytesPerRun)
            {
                Close();
            }
        }
        if (packs.Count > 0)
        {
            Close();
        }
        return hasGrown;

        void Close()
        {
            IndexRun run = RunWriter.Write(cache.NewSessionPath(), [], packs);
            CatalogCache.DeleteSessionRun(run);
            catalog.Index.Add(run, isUsable);
            packs.Clear();
            DroppedArrays.Add(4 * bytes); // As where the catalog is loaded.
            bytes = 0;
            hasGrown = true;
        }
    }

    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        if (_barren is { } moment && TimeProvider.System.GetElapsedTime(moment) < Pause)
        {
            return false;
        }
        for (int list = 0; list < ListsMax; list++)
        {
            if (await TryAddAsync((_, _) => true, cancellationToken).ConfigureAwait(false))
            {
                return true;
            }
        }
        _barren = TimeProvider.System.GetTimestamp();
        return false;
    }
}
