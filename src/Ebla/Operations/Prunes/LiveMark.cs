using Ebla.Indexing;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Prunes;

/// <summary>What roots refer to, found in the catalog alone: no content key is needed.</summary>
/// <remarks>Memory: a bit per blob of the index, and some hundred bytes per pack.</remarks>
internal sealed class LiveMark
{
    private readonly BlobIndex _index;
    private readonly PackList _packs;
    private readonly CatalogWalk _walk;
    private readonly HashSet<(int Run, int Pack)> _repeated = [];

    /// <summary>Walks the catalog.</summary>
    /// <param name="catalog">With what condemned packs hold.</param>
    /// <param name="roots">Where to begin.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public LiveMark(LoadedCatalog catalog, IEnumerable<BlobId> roots, CancellationToken cancellationToken)
    {
        _index = catalog.Index;
        _packs = catalog.Packs!;
        _walk = new CatalogWalk(_index);
        foreach (BlobId root in roots)
        {
            _walk.Visit(root, cancellationToken);
        }
        // Two segments may name the same pack: it is there once.
        IReadOnlyList<IndexRun> runs = _index.Runs;
        HashSet<ObjectId> seen = new(runs.Sum(run => run.PackCount));
        for (int run = 0; run < runs.Count; run++)
        {
            for (int pack = 0; pack < runs[run].PackCount; pack++)
            {
                // One that names a wrong size says nothing of the pack.
                ObjectId id = runs[run].GetPackId(pack);
                if (!_packs.IsUsable(id, runs[run].GetPackSizeInBytes(pack)) || !seen.Add(id))
                {
                    _ = _repeated.Add((run, pack));
                }
            }
        }
    }

    /// <summary>What is referred to and in no pack that is there.</summary>
    public IReadOnlyCollection<ShortId> Missing => _walk.Missing;

    /// <summary>Marks also what these refer to. What is lost of it counts as missing, too.</summary>
    public void Add(IEnumerable<BlobId> roots, CancellationToken cancellationToken)
    {
        foreach (BlobId root in roots)
        {
            _walk.Visit(root, cancellationToken);
        }
    }

    /// <summary>Whether a pack's entry is live.</summary>
    public bool Contains(long ordinal) => _walk.HasVisited(ordinal);

    /// <summary>The use of each pack that is there and not condemned.</summary>
    /// <param name="removed">What those refer to who are being removed; null if it does not matter.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public IReadOnlyList<PackUse> Count(LiveMark? removed, CancellationToken cancellationToken)
    {
        IReadOnlyList<IndexRun> runs = _index.Runs;
        List<PackUse> uses = new(runs.Sum(run => run.PackCount));
        long entryBase = 0;
        for (int run = 0; run < runs.Count; run++)
        {
            PackUse[] ofRun = new PackUse[runs[run].PackCount];
            for (long entry = 0; entry < runs[run].EntryCount; entry++)
            {
                if ((entry & 0xFFFF) == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
                CatalogEntry found = _index.GetEntry(entryBase + entry);
                ref PackUse use = ref ofRun[found.Row.Pack];
                bool isLive = Contains(entryBase + entry);
                use = use with
                {
                    Kind = found.Row.Kind,
                    BlobsSizeInBytes = use.BlobsSizeInBytes + found.RoundedSizeInBytes,
                    UsedSizeInBytes = use.UsedSizeInBytes
                        + (isLive && FindCounted(found.Id, null) == entryBase + entry ? found.RoundedSizeInBytes : 0),
                    WasReferred = use.WasReferred || isLive || removed?.Contains(entryBase + entry) == true,
                };
            }
            for (int pack = 0; pack < ofRun.Length; pack++)
            {
                ObjectId id = runs[run].GetPackId(pack);
                long size = runs[run].GetPackSizeInBytes(pack);
                if (!_repeated.Contains((run, pack)) && _packs.IsUsable(id, size) && !_packs.Condemned.Contains(id))
                {
                    uses.Add(ofRun[pack] with { Pack = id, SizeInBytes = size });
                }
            }
            entryBase += runs[run].EntryCount;
        }
        return uses;
    }

    /// <summary>The blobs that are live and in packs that go, each once, with the copy that stays, if there is one.</summary>
    /// <param name="going">Packs that go, besides the condemned ones.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public IEnumerable<(CatalogEntry Entry, CatalogEntry? Kept)> Going(IReadOnlySet<ObjectId> going, CancellationToken cancellationToken)
    {
        long entryBase = 0;
        IReadOnlyList<IndexRun> runs = _index.Runs;
        for (int run = 0; run < runs.Count; run++)
        {
            bool[] isGoing = new bool[runs[run].PackCount];
            for (int pack = 0; pack < isGoing.Length; pack++)
            {
                ObjectId id = runs[run].GetPackId(pack);
                isGoing[pack] = (going.Contains(id) || _packs.Condemned.Contains(id)) && !_repeated.Contains((run, pack))
                    && _packs.IsUsable(id, runs[run].GetPackSizeInBytes(pack));
            }
            if (isGoing.Contains(true))
            {
                for (long entry = 0; entry < runs[run].EntryCount; entry++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (Contains(entryBase + entry) && _index.GetEntry(entryBase + entry) is var found && isGoing[found.Row.Pack])
                    {
                        long? kept = FindCounted(found.Id, going);
                        yield return (found, kept is { } ordinal ? _index.GetEntry(ordinal) : null);
                    }
                }
            }
            entryBase += runs[run].EntryCount;
        }
    }

    // The copy that counts: the first that is in a pack which stays. Without any that stays, null.
    private long? FindCounted(BlobId id, IReadOnlySet<ObjectId>? going)
    {
        foreach (long ordinal in _index.FindOrdinals(ShortId.Of(id)))
        {
            CatalogEntry entry = _index.GetEntry(ordinal);
            ObjectId pack = _index.Runs[entry.Frame.Run].GetPackId(entry.Row.Pack);
            if (entry.Id == id && !_packs.Condemned.Contains(pack) && going?.Contains(pack) != true
                && !_repeated.Contains((entry.Frame.Run, entry.Row.Pack)))
            {
                return ordinal;
            }
        }
        return null;
    }
}
