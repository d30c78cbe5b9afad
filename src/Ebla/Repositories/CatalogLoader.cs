using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>Loads the catalog: the cached runs, the segments that they do not cover, the packs that no segment names.</summary>
/// <param name="backend">Where the objects are.</param>
/// <param name="keys">What opens them.</param>
/// <param name="cache">Where runs are.</param>
/// <param name="metadata">Has the segments that were written here; null if nothing is kept.</param>
internal sealed class CatalogLoader(IBackend backend, UnlockedKeys keys, CatalogCache cache, MetadataCache? metadata)
{
    /// <summary>Segments are gathered to runs of about this many bytes of directories.</summary>
    public const long BytesPerRun = 16 << 20;

    private const int ListsMax = 4;

    private readonly ObjectReader _objects = new(backend);
    private readonly PackDirectoryReader _directories = new(backend, keys);
    private bool _hasVanished;

    /// <summary>
    /// For a reader: everything that segments name counts, until reading it proves otherwise. Where a segment is damaged, the directories
    /// of the packs that it alone named are read instead; where one has vanished, as soon as something is not found.
    /// </summary>
    public async Task<LoadedCatalog> LoadForReadingAsync(CancellationToken cancellationToken)
    {
        LoadedCatalog catalog = await LoadAsync(null, cancellationToken).ConfigureAwait(false);
        if (catalog.Findings.Count > 0)
        {
            catalog.Index.Dispose();
            PackList packs = await PackList.LoadAsync(backend, [], cancellationToken).ConfigureAwait(false);
            catalog = await LoadAsync(packs, cancellationToken).ConfigureAwait(false);
        }
        IndexGrowth growth = new(
            catalog,
            backend,
            ReadNamedAsync,
            cache,
            async (runs, token) => await ReadUnnamedAsync(
                runs, await PackList.LoadAsync(backend, [], token).ConfigureAwait(false), [], token).ConfigureAwait(false));
        catalog.Index.Grow = growth.GrowAsync;
        return catalog with { Growth = growth };
    }

    /// <summary>
    /// For a writer, whose announcement is visible already: condemned records first, then the packs, then the index, in this order
    /// (docs/design.md, "Commit").
    /// </summary>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="shunned">Packs that are to count as little as condemned ones, since they are about to be.</param>
    public async Task<LoadedCatalog> LoadForWritingAsync(
        CancellationToken cancellationToken, IReadOnlySet<ObjectId>? shunned = null)
    {
        CondemnedNames condemned = await new CondemnedStore(backend, keys).LoadAsync(cancellationToken).ConfigureAwait(false);
        condemned.Packs.UnionWith(shunned ?? new HashSet<ObjectId>());
        PackList packs = await PackList.LoadAsync(backend, condemned.Packs, cancellationToken).ConfigureAwait(false);
        LoadedCatalog catalog = await LoadAsync(packs, cancellationToken).ConfigureAwait(false);
        return catalog with { Condemned = condemned, Growth = new IndexGrowth(catalog, backend, ReadNamedAsync, cache) };
    }

    /// <summary>For a pruner, and for whoever counts: in the same order, and also what condemned packs hold, as long as they are there.</summary>
    public async Task<LoadedCatalog> LoadForPruningAsync(CancellationToken cancellationToken)
    {
        CondemnedNames condemned = await new CondemnedStore(backend, keys).LoadAsync(cancellationToken).ConfigureAwait(false);
        PackList packs = await PackList.LoadAsync(backend, condemned.Packs, cancellationToken).ConfigureAwait(false);
        packs.CountsCondemned = true;
        return await LoadAsync(packs, cancellationToken).ConfigureAwait(false);
    }

    // A segment that was merged away between the list and now is in another one, which a new list shows.
    private async Task<LoadedCatalog> LoadAsync(PackList? packs, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            _hasVanished = false;
            LoadedCatalog catalog = await LoadOnceAsync(packs, cancellationToken).ConfigureAwait(false);
            if (!_hasVanished || attempt == ListsMax)
            {
                return catalog;
            }
            catalog.Index.Dispose();
        }
    }

    private async Task<LoadedCatalog> LoadOnceAsync(PackList? packs, CancellationToken cancellationToken)
    {
        HashSet<ObjectId> listed = [];
        await foreach (ObjectInfo info in backend.ListAsync(ObjectKind.Index, cancellationToken).ConfigureAwait(false))
        {
            _ = listed.Add(info.Name.Id);
        }
        List<CatalogFinding> findings = [];
        List<IndexRun> runs = cache.OpenRuns(listed);
        try
        {
            await AddMissingAsync(runs, listed, findings, cancellationToken).ConfigureAwait(false);
            runs = cache.MergeIfMany(runs);
            List<IndexedPack> unnamed = packs is null
                ? []
                : await ReadUnnamedAsync(runs, packs, findings, cancellationToken).ConfigureAwait(false);
            if (unnamed.Count > 0)
            {
                IndexRun run = RunWriter.Write(cache.NewSessionPath(), [], unnamed);
                CatalogCache.DeleteSessionRun(run);
                runs.Add(run);
            }
            BlobIndex index = new(remembers: packs is { CountsCondemned: false });
            foreach (IndexRun run in runs)
            {
                index.Add(run, packs is null ? (_, _) => true : packs.IsUsable);
            }
            return new LoadedCatalog(index, packs, unnamed, findings) { Segments = listed };
        }
        catch
        {
            runs.ForEach(run => run.Dispose());
            throw;
        }
    }

    private async Task AddMissingAsync(
        List<IndexRun> runs, HashSet<ObjectId> listed, List<CatalogFinding> findings, CancellationToken cancellationToken)
    {
        HashSet<ObjectId> covered = [];
        foreach (IndexRun run in runs)
        {
            for (int i = 0; i < run.SegmentCount; i++)
            {
                _ = covered.Add(run.GetSegment(i));
            }
        }
        List<ObjectId> segments = [];
        List<IndexedPack> packs = [];
        long bytes = 0;
        await foreach ((ObjectName name, Task<byte[]?> reading) in Concurrently.ForEachAsync(
            listed.Where(segment => !covered.Contains(segment)).Select(segment => new ObjectName(ObjectKind.Index, segment)),
            ReadSegmentAsync,
            Concurrently.Segments,
            cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (await reading.ConfigureAwait(false) is not { } content)
                {
                    _hasVanished = true;
                    continue;
                }
                IReadOnlyList<IndexedPack> named = IndexSegmentCodec.Open(keys, content);
                packs.AddRange(named);
                segments.Add(name.Id);
                bytes += content.Length;
            }
            catch (Exception exception) when (exception is CorruptDataException or UnsupportedFormatException)
            {
                findings.Add(new CatalogFinding(name, exception.Message));
            }
            if (bytes >= BytesPerRun)
            {
                Close();
            }
        }
        if (segments.Count > 0)
        {
            Close();
        }

        void Close()
        {
            runs.Add(RunWriter.Write(cache.NewPath(), segments, packs));
            segments.Clear();
            packs.Clear();
            DroppedArrays.Add(4 * bytes); // Objects, their bodies, and the lists that became the run.
            bytes = 0;
        }
    }

    private async Task<IReadOnlyList<IndexedPack>?> ReadNamedAsync(ObjectName name, CancellationToken cancellationToken)
        => await ReadSegmentAsync(name, cancellationToken).ConfigureAwait(false) is { } content ? IndexSegmentCodec.Open(keys, content) : null;

    private async Task<byte[]?> ReadSegmentAsync(ObjectName name, CancellationToken cancellationToken)
        => metadata?.TryRead(name.Id.Value, IndexSegmentCodec.BodySizeInBytesMax * 2L)
            ?? await _objects.TryReadAsync(name, IndexSegmentCodec.BodySizeInBytesMax * 2L, cancellationToken).ConfigureAwait(false);

    private async Task<List<IndexedPack>> ReadUnnamedAsync(
        IReadOnlyList<IndexRun> runs, PackList packs, List<CatalogFinding> findings, CancellationToken cancellationToken)
    {
        // A condemned pack must not get into the index again: a writer would rely on what is about to go.
        HashSet<ObjectId> unnamed = [.. packs.Sizes.Where(pack => packs.IsUsable(pack.Key, pack.Value)).Select(pack => pack.Key)];
        foreach (IndexRun run in runs)
        {
            for (int pack = 0; pack < run.PackCount; pack++)
            {
                _ = unnamed.Remove(run.GetPackId(pack));
            }
        }
        List<IndexedPack> read = [];
        await foreach ((ObjectId pack, Task<IndexedPack?> reading) in Concurrently.ForEachAsync(
            unnamed,
            (pack, token) => _directories.TryReadAsync(pack, packs.Sizes[pack], token).AsTask(),
            Concurrently.SmallObjects,
            cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (await reading.ConfigureAwait(false) is { } found)
                {
                    read.Add(found);
                }
            }
            catch (Exception exception) when (exception is CorruptDataException or UnsupportedFormatException)
            {
                findings.Add(new CatalogFinding(new ObjectName(ObjectKind.Pack, pack), exception.Message));
            }
        }
        return read;
    }
}
