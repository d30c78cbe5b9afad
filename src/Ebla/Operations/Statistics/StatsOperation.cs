using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Statistics;

/// <summary>Counts what a repository holds, from listings and the catalog; reads no contents.</summary>
public static class StatsOperation
{
    /// <summary>Counts. Of what is being written or removed meanwhile the numbers show a part.</summary>
    /// <exception cref="SnapshotNotFoundException">A snapshot that is named is not there.</exception>
    public static async Task<StatsResult> RunAsync(Repository repository, StatsOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(options);
        SnapshotList list = await new SnapshotStore(repository).LoadAsync(cancellationToken).ConfigureAwait(false);
        HashSet<ObjectId>? chosen = Choose(list, options);
        LoadedCatalog catalog = await repository.CreateCatalogLoader().LoadForPruningAsync(cancellationToken)
            .ConfigureAwait(false);
        using BlobIndex index = catalog.Index;
        List<KindStatistics> kinds = [];
        foreach (ObjectKind kind in RepositoryLayout.Kinds)
        {
            kinds.Add(kind == ObjectKind.Pack
                ? new KindStatistics(kind, catalog.Packs!.Sizes.Count, catalog.Packs.Sizes.Values.Sum())
                : await CountAsync(repository.Backend, kind, cancellationToken).ConfigureAwait(false));
        }
        using CatalogAccount account = new(catalog, list, repository.Cache.NewSessionPath, cancellationToken);
        IGrouping<RetentionGroupKey, StoredSnapshot>[] groups =
            [.. list.Snapshots.GroupBy(stored => RetentionGroupKey.Of(stored, options.Grouping)).OrderBy(group => group.Key)];
        (OwnerCounts counts, SnapshotStatistics[] snapshots, GroupStatistics[] ofGroups, SnapshotStatistics[] forgotten)
            = account.Describe(groups, cancellationToken);
        BlobTotals onlyForgotten = counts.Groups[^1];
        return new StatsResult
        {
            Kinds = kinds,
            Referred = counts.Groups[..^1].Aggregate(counts.SeveralGroups, (sum, group) => sum.And(group)),
            OnlyForgotten = onlyForgotten,
            Unreferred = counts.Unreferred,
            FurtherCopies = counts.FurtherCopies,
            FramesInBytes = account.FramesInBytes,
            StoredInBytes = kinds.Sum(kind => kind.SizeInBytes),
            SnapshotsInBytes = list.Snapshots.Sum(stored => stored.Snapshot.Summary.SizeInBytes),
            Snapshots = snapshots,
            Groups = ofGroups,
            Forgotten = forgotten,
            Selection = chosen is null ? null : account.Select(chosen, cancellationToken),
            Findings = [.. list.Findings, .. catalog.Findings],
        };
    }

    /// <summary>Counts what some snapshots hold, and nothing else.</summary>
    /// <returns>The same numbers as <see cref="StatsResult.Selection"/>, and what of the catalog could not be read.</returns>
    internal static async Task<(SelectionStatistics Selection, IReadOnlyList<CatalogFinding> Findings)> SelectAsync(
        Repository repository, SnapshotList list, IEnumerable<StoredSnapshot> chosen, CancellationToken cancellationToken)
    {
        LoadedCatalog catalog = await repository.CreateCatalogLoader().LoadForPruningAsync(cancellationToken).ConfigureAwait(false);
        using BlobIndex index = catalog.Index;
        using CatalogAccount account = new(catalog, list, repository.Cache.NewSessionPath, cancellationToken);
        return (account.Select(chosen.Select(stored => stored.Id).ToHashSet(), cancellationToken), catalog.Findings);
    }

    private static HashSet<ObjectId>? Choose(SnapshotList list, StatsOptions options)
    {
        if (options.Snapshots.Count > 0)
        {
            return [.. options.Snapshots.Select(name => list.Find(name).Id)];
        }
        return options.Filter.IsEmpty
            ? null
            : [.. list.Snapshots.Where(stored => options.Filter.Matches(stored.Snapshot)).Select(stored => stored.Id)];
    }

    private static async Task<KindStatistics> CountAsync(IBackend backend, ObjectKind kind, CancellationToken cancellationToken)
    {
        long objects = 0;
        long size = 0;
        await foreach (ObjectInfo info in backend.ListAsync(kind, cancellationToken).ConfigureAwait(false))
        {
            objects++;
            size += info.SizeInBytes;
        }
        return new KindStatistics(kind, objects, size);
    }
}
