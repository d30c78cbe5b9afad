using Ebla.Indexing;
using Ebla.Primitives;

namespace Ebla.Operations.Checks;

/// <summary>
/// Per pack with bad copies: how many of its blobs are bad, how many of these snapshots need, how many are nowhere else.
/// </summary>
internal sealed class PackLosses
{
    private readonly Dictionary<ObjectId, (long Bad, long Needed, long Lost)> _packs = [];

    /// <summary>One pass over the catalog; memory only for packs with bad copies.</summary>
    public PackLosses(CheckedCatalog catalog, SnapshotClosure closure, CancellationToken cancellationToken)
    {
        if (!catalog.HasBad)
        {
            return;
        }
        for (long ordinal = 0; ordinal < catalog.Index.EntryCount; ordinal++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!catalog.IsBad(ordinal))
            {
                continue;
            }
            CatalogEntry entry = catalog.Index.GetEntry(ordinal);
            ShortId id = ShortId.Of(entry.Id);
            bool isNeeded = closure.IsReached(id);
            bool isLost = isNeeded && closure.IsLost(id);
            ObjectId pack = catalog.PackOf(entry);
            (long bad, long needed, long lost) = _packs.GetValueOrDefault(pack);
            _packs[pack] = (bad + 1, needed + (isNeeded ? 1 : 0), lost + (isLost ? 1 : 0));
        }
    }

    /// <summary>Whether a snapshot needs what is bad in the pack.</summary>
    public bool IsNeeded(ObjectId pack) => _packs.GetValueOrDefault(pack).Needed > 0;

    /// <summary>Whether something bad in the pack is nowhere else.</summary>
    public bool IsLost(ObjectId pack) => _packs.GetValueOrDefault(pack).Lost > 0;

    /// <summary>What it means, as a sentence.</summary>
    public string Describe(ObjectId pack) => _packs.GetValueOrDefault(pack) switch
    {
        (0, _, _) => "No blob is affected.",
        (_, 0, _) => "No snapshot needs what is affected.",
        (_, long needed, 0) => $"All {needed} blobs of it that snapshots need have a whole copy elsewhere: nothing is lost.",
        (_, long needed, long lost) => $"Of {needed} blobs of it that snapshots need, {lost} have no whole copy elsewhere: "
            + "they are lost.",
    };
}
