using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Statistics;

/// <summary>Says who holds what, of the snapshots of a list, by one load of the catalog.</summary>
internal sealed class CatalogAccount : IDisposable
{
    private readonly CountedCopies _copies;
    private readonly SnapshotList _list;
    private readonly Func<string> _newPath;

    /// <param name="catalog">As <see cref="CatalogLoader.LoadForPruningAsync"/> gives it.</param>
    /// <param name="list">The snapshots that count, and those that are forgotten.</param>
    /// <param name="newPath">Where files are made that hold what is counted.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public CatalogAccount(LoadedCatalog catalog, SnapshotList list, Func<string> newPath, CancellationToken cancellationToken)
    {
        _copies = new CountedCopies(catalog, newPath, cancellationToken);
        _list = list;
        _newPath = newPath;
    }

    /// <summary>The stored bytes of all frames of all packs.</summary>
    public long FramesInBytes => _copies.FramesInBytes;

    /// <summary>What only these hold, and what others hold too.</summary>
    /// <param name="chosen">Some of those that count.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public SelectionStatistics Select(IReadOnlySet<ObjectId> chosen, CancellationToken cancellationToken)
    {
        OwnerCounts counts = CountOwners([.. _list.Snapshots.Select(stored => chosen.Contains(stored.Id) ? 1 : 2)], 3, cancellationToken);
        return new SelectionStatistics(
            [.. _list.Snapshots.Where(stored => chosen.Contains(stored.Id))], counts.Groups[1], counts.SeveralGroups);
    }

    /// <summary>What each snapshot and each group holds; what is left is in the counts, the forgotten as the last group.</summary>
    /// <param name="groups">The snapshots that count, each in one group, in the order of the list.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public (OwnerCounts Counts, SnapshotStatistics[] Snapshots, GroupStatistics[] Groups, SnapshotStatistics[] Forgotten) Describe(
        IReadOnlyList<IGrouping<RetentionGroupKey, StoredSnapshot>> groups, CancellationToken cancellationToken)
    {
        Dictionary<ObjectId, int> groupOf = [];
        for (int i = 0; i < groups.Count; i++)
        {
            foreach (StoredSnapshot stored in groups[i])
            {
                groupOf.Add(stored.Id, i + 1);
            }
        }
        OwnerCounts counts = CountOwners(
            [.. _list.Snapshots.Select(stored => groupOf[stored.Id])], groups.Count + 1, cancellationToken);
        Dictionary<ObjectId, BlobTotals> referred = [];
        using ReferredSizes sizes = new(_copies, _newPath);
        List<GroupStatistics> ofGroups = [];
        for (int i = 0; i < groups.Count; i++)
        {
            Measure(groups[i], sizes, referred, cancellationToken);
            RetentionGroupKey key = groups[i].Key;
            ofGroups.Add(new GroupStatistics(
                key.Writer, key.Host, key.Paths, key.Tags, groups[i].Count(), counts.Groups[i + 1],
                sizes.Group.Less(counts.Groups[i + 1])));
        }
        Measure(_list.Forgotten, sizes, referred, cancellationToken);
        SnapshotStatistics[] snapshots =
        [
            .. _list.Snapshots.Concat(_list.Forgotten).Select((stored, i) => new SnapshotStatistics(
                stored, counts.Members[i + 1], referred[stored.Id].Less(counts.Members[i + 1]))),
        ];
        return (counts, snapshots[.._list.Snapshots.Count], [.. ofGroups], snapshots[_list.Snapshots.Count..]);
    }

    public void Dispose() => _copies.Dispose();

    private static void Measure(
        IEnumerable<StoredSnapshot> group, ReferredSizes sizes, Dictionary<ObjectId, BlobTotals> referred, CancellationToken cancellationToken)
    {
        sizes.StartGroup(cancellationToken);
        foreach (StoredSnapshot stored in group)
        {
            referred.Add(stored.Id, sizes.MoveTo(stored.Snapshot.Root, cancellationToken));
        }
    }

    // Members are the snapshots that count, in their order, then the forgotten ones.
    private OwnerCounts CountOwners(int[] groups, int forgotten, CancellationToken cancellationToken)
    {
        StoredSnapshot[] members = [.. _list.Snapshots, .. _list.Forgotten];
        using BlobOwners owners = new(_copies, [0, .. groups, .. _list.Forgotten.Select(_ => forgotten)], forgotten, _newPath);
        for (int i = 0; i < members.Length; i++)
        {
            owners.Visit(members[i].Snapshot.Root, i + 1, cancellationToken);
        }
        return owners.Count(forgotten, cancellationToken);
    }
}
