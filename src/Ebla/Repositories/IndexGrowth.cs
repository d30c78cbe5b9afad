using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>Adds segments to an index that came after it was loaded: a prune may have moved blobs meanwhile.</summary>
/// <remarks>
/// For readers: a list is no snapshot, so three lists in a row must show nothing new before the reader is told so; and, once, the packs
/// that no segment names are read, since a segment may have vanished. Then nobody is asked for a while: where much is lost, each blob would ask.
/// </remarks>
/// <param name="catalog">What grows.</param>
/// <param name="backend">Where segments are.</param>
/// <param name="read">Reads a segment; null if it is gone.</param>
/// <param name="cache">Where runs are.</param>
/// <param name="readUnnamed">Reads the directories of the packs that none of these runs names; null for a writer, who has done it.</param>
internal sealed class IndexGrowth(
    LoadedCatalog catalog,
    IBackend backend,
    Func<ObjectName, CancellationToken, Task<IReadOnlyList<IndexedPack>?>> read,
    CatalogCache cache,
    Func<IReadOnlyList<IndexRun>, CancellationToken, Task<List<IndexedPack>>>? readUnnamed = null)
{
    private const int ListsMax = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly HashSet<ObjectId> _known = [.. catalog.Segments];
    private Task<bool> _looking = Task.FromResult(false);
    private long? _barren;
    private bool _hasReadUnnamed;

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
            Add(packs, isUsable);
            packs.Clear();
            DroppedArrays.Add(4 * bytes); // As where the catalog is loaded.
            bytes = 0;
            hasGrown = true;
        }
    }

    /// <summary>Adds what packs hold that no segment names, the first time that it is called.</summary>
    /// <returns>Whether anything came.</returns>
    public async Task<bool> TryAddUnnamedAsync(CancellationToken cancellationToken)
    {
        if (_hasReadUnnamed || readUnnamed is null)
        {
            return false;
        }
        List<IndexedPack> packs = await readUnnamed(catalog.Index.Runs, cancellationToken).ConfigureAwait(false);
        _hasReadUnnamed = true;
        if (packs.Count > 0)
        {
            Add(packs, (_, _) => true);
        }
        return packs.Count > 0;
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
        bool hasGrown = await TryAddUnnamedAsync(cancellationToken).ConfigureAwait(false);
        _barren = TimeProvider.System.GetTimestamp();
        return hasGrown;
    }

    private void Add(List<IndexedPack> packs, Func<ObjectId, long, bool> isUsable)
    {
        IndexRun run = RunWriter.Write(cache.NewSessionPath(), [], packs);
        CatalogCache.DeleteSessionRun(run);
        catalog.Index.Add(run, isUsable);
    }
}
