using Ebla.Indexing;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Statistics;

/// <summary>Of each blob the copy that counts, and what it takes: all from the catalog.</summary>
/// <remarks>
/// A blob may be stored several times. A copy counts that no prune has condemned, if there is one; of these, the one in the pack with the
/// lowest id, so that it does not depend on what is cached how. Memory: some bytes per pack. Takes 12 bytes per frame in files without names.
/// </remarks>
internal sealed class CountedCopies : IDisposable
{
    private readonly BlobIndex _index;
    private readonly IReadOnlyList<IndexRun> _runs;
    private readonly PackStanding[][] _packs;
    private readonly List<FrameDivision> _divisions = [];

    /// <summary>Goes through the catalog once.</summary>
    /// <param name="catalog">Loaded with the packs that are there, condemned ones too.</param>
    /// <param name="newPath">Where files are made.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public CountedCopies(LoadedCatalog catalog, Func<string> newPath, CancellationToken cancellationToken)
    {
        _index = catalog.Index;
        _runs = _index.Runs;
        _packs = new PackStanding[_runs.Count][];
        // Two segments may name the same pack: it is there once.
        HashSet<ObjectId> seen = [];
        for (int i = 0; i < _runs.Count; i++)
        {
            IndexRun run = _runs[i];
            PackStanding[] packs = new PackStanding[run.PackCount];
            for (int pack = 0; pack < packs.Length; pack++)
            {
                ObjectId id = run.GetPackId(pack);
                packs[pack] = !catalog.Packs!.IsUsable(id, run.GetPackSizeInBytes(pack)) || !seen.Add(id) ? PackStanding.Absent
                    : catalog.Packs.Condemned.Contains(id) ? PackStanding.Condemned
                    : PackStanding.Stays;
            }
            _packs[i] = packs;
            for (int frame = 0; frame < run.FrameCount; frame++)
            {
                FrameRow row = run.GetFrame(frame);
                FramesInBytes += packs[row.Pack] == PackStanding.Absent ? 0 : row.StoredSizeInBytes;
            }
        }
        try
        {
            foreach (IndexRun run in _runs)
            {
                _divisions.Add(new FrameDivision(run, newPath, cancellationToken));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private enum PackStanding : byte
    {
        Absent,
        Condemned,
        Stays,
    }

    /// <summary>The stored bytes of all frames of all packs.</summary>
    public long FramesInBytes { get; }

    /// <summary>Entries of the catalog: ordinals are below.</summary>
    public long EntryCount => _index.EntryCount;

    /// <summary>The copy of a blob that counts; null if it is in no pack that is there.</summary>
    public long? Find(ShortId id)
    {
        long? found = null;
        CatalogEntry best = default;
        foreach (long ordinal in _index.FindOrdinals(id))
        {
            CatalogEntry entry = _index.GetEntry(ordinal);
            if (IsThere(entry) && (found is null || Precedes(entry, best)))
            {
                found = ordinal;
                best = entry;
            }
        }
        return found;
    }

    /// <summary>A copy by its ordinal.</summary>
    public CatalogEntry Get(long ordinal) => _index.GetEntry(ordinal);

    /// <summary>The links of a tree blob, 16 bytes each.</summary>
    public ReadOnlySpan<byte> GetLinks(CatalogEntry entry) => _index.GetLinks(entry);

    /// <summary>Whether this copy is in a pack that is there, and that is not counted elsewhere.</summary>
    public bool IsThere(CatalogEntry entry) => StandingOf(entry) != PackStanding.Absent;

    /// <summary>What one copy takes.</summary>
    public BlobTotals Measure(CatalogEntry entry) => new(1, entry.RoundedSizeInBytes, _divisions[entry.Frame.Run].ShareOf(entry));

    public void Dispose() => _divisions.ForEach(division => division.Dispose());

    private bool Precedes(CatalogEntry left, CatalogEntry right)
    {
        if (StandingOf(left) != StandingOf(right))
        {
            return StandingOf(left) > StandingOf(right);
        }
        int order = PackOf(left).CompareTo(PackOf(right));
        return order != 0 ? order < 0 : (left.Row.OffsetInPack, left.Place).CompareTo((right.Row.OffsetInPack, right.Place)) < 0;
    }

    private ObjectId PackOf(CatalogEntry entry) => _runs[entry.Frame.Run].GetPackId(entry.Row.Pack);

    private PackStanding StandingOf(CatalogEntry entry) => _packs[entry.Frame.Run][entry.Row.Pack];
}
