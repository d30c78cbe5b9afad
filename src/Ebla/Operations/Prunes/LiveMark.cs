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
    private readonly bool[][] _isThere;
    private readonly bool[][] _isCondemned;

    /// <summary>Walks the catalog.</summary>
    /// <param name="catalog">With what condemned packs hold.</param>
    /// <param name="roots">Where to begin.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public LiveMark(LoadedCatalog catalog, IEnumerable<BlobId> roots, CancellationToken cancellationToken)
        : this(catalog)
        => Add(roots, cancellationToken);

    private LiveMark(LoadedCatalog catalog)
    {
        _index = catalog.Index;
        _packs = catalog.Packs!;
        _walk = new CatalogWalk(_index);
        // Two segments may name the same pack: it is there once. One that names a wrong size says nothing of the pack.
        HashSet<ObjectId> seen = new(_index.Runs.Sum(run => run.PackCount));
        _isThere = OfPacks((id, size) => _packs.IsUsable(id, size) && seen.Add(id));
        _isCondemned = OfPacks((id, _) => _packs.Condemned.Contains(id));
    }

    /// <summary>
    /// The same in a catalog that was loaded later, of more roots: what the roots of before refer to is known, for it is named by its content;
    /// only where it is now has to be found. Live is also what only roots refer to that have gone since.
    /// </summary>
    /// <param name="catalog">Loaded later.</param>
    /// <param name="roots">All that count now.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>
    /// Null where only a mark from the beginning can tell: if something that was live is in no pack any more, or if a blob has come whose id begins
    /// like that of a live one.
    /// </returns>
    public LiveMark? TryRenew(LoadedCatalog catalog, IEnumerable<BlobId> roots, CancellationToken cancellationToken)
    {
        if (Missing.Count > 0)
        {
            return null;
        }
        LiveMark mark = new(catalog);
        IReadOnlyList<IndexRun> runs = _index.Runs;
        long entryCount = _index.EntryCount;
        EntryMerge merge = new([.. runs, .. catalog.Index.Runs]);
        List<long> copies = [];
        bool isLive = false;
        bool isStrange = false;
        ShortId id = default;
        while (merge.TryNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ShortId.Of(merge.Id) != id && !TryTake())
            {
                return null;
            }
            id = ShortId.Of(merge.Id);
            bool wasLive = false;
            int found = copies.Count;
            foreach ((int run, long ordinal) in merge.Copies)
            {
                int later = run - runs.Count;
                if (later < 0)
                {
                    wasLive |= Contains(ordinal);
                }
                else if (mark._isThere[later][mark._index.GetEntry(ordinal - entryCount).Row.Pack])
                {
                    copies.Add(ordinal - entryCount);
                }
            }
            isLive |= wasLive;
            isStrange |= !wasLive && copies.Count > found;
        }
        if (!TryTake())
        {
            return null;
        }
        mark.Add(roots, cancellationToken);
        return mark;

        // Two blobs whose ids begin alike are both live if one is, as links tell them not apart.
        bool TryTake()
        {
            bool isKnown = !isLive || (copies.Count > 0 && !isStrange);
            if (isLive)
            {
                copies.ForEach(mark._walk.Skip);
            }
            (isLive, isStrange) = (false, false);
            copies.Clear();
            return isKnown;
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
        PackUse[][] uses = OfPacks((id, size) => new PackUse { Pack = id, SizeInBytes = size });
        foreach (EntryMerge blob in Blobs(cancellationToken))
        {
            bool isCounted = false;
            foreach ((int run, long ordinal) in blob.Copies)
            {
                CatalogEntry found = _index.GetEntry(ordinal);
                int pack = found.Row.Pack;
                bool isLive = Contains(ordinal);
                bool isUsed = isLive && !isCounted && _isThere[run][pack] && !_isCondemned[run][pack];
                isCounted |= isUsed;
                ref PackUse use = ref uses[run][pack];
                use = use with
                {
                    Kind = found.Row.Kind,
                    BlobsSizeInBytes = use.BlobsSizeInBytes + found.RoundedSizeInBytes,
                    UsedSizeInBytes = use.UsedSizeInBytes + (isUsed ? found.RoundedSizeInBytes : 0),
                    WasReferred = use.WasReferred || isLive || removed?.Contains(ordinal) == true,
                };
            }
        }
        return [.. uses.SelectMany((ofRun, run) => ofRun.Where((_, pack) => _isThere[run][pack] && !_isCondemned[run][pack]))];
    }

    /// <summary>
    /// The live blobs of packs that go: each once, by its first entry there, with the copy in a pack that stays, if there is one.
    /// </summary>
    /// <param name="going">Packs that go, besides the condemned ones.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public IEnumerable<(long Ordinal, CatalogEntry? Kept)> Going(IReadOnlySet<ObjectId> going, CancellationToken cancellationToken)
    {
        bool[][] isGoing = OfPacks((id, _) => going.Contains(id) || _packs.Condemned.Contains(id));
        foreach (EntryMerge blob in Blobs(cancellationToken))
        {
            long? first = null;
            CatalogEntry? kept = null;
            foreach ((int run, long ordinal) in blob.Copies)
            {
                if (!Contains(ordinal) || _index.GetEntry(ordinal) is var entry && !_isThere[run][entry.Row.Pack])
                {
                    continue;
                }
                if (isGoing[run][entry.Row.Pack])
                {
                    first ??= ordinal;
                }
                else
                {
                    kept ??= entry;
                }
            }
            if (first is { } found)
            {
                yield return (found, kept);
            }
        }
    }

    private IEnumerable<EntryMerge> Blobs(CancellationToken cancellationToken)
    {
        EntryMerge merge = new(_index.Runs);
        while (merge.TryNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return merge;
        }
    }

    private T[][] OfPacks<T>(Func<ObjectId, long, T> describe)
        => [.. _index.Runs.Select(run => Enumerable.Range(0, run.PackCount)
            .Select(pack => describe(run.GetPackId(pack), run.GetPackSizeInBytes(pack))).ToArray())];
}
