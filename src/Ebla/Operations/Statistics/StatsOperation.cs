using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Statistics;

/// <summary>Counts what a repository holds, from listings and the catalog; reads no contents.</summary>
public static class StatsOperation
{
    /// <summary>Counts.</summary>
    public static async Task<StatsResult> RunAsync(Repository repository, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        SnapshotList snapshots = await new SnapshotStore(repository).LoadAsync(cancellationToken).ConfigureAwait(false);
        LoadedCatalog catalog = await repository.CreateCatalogLoader().LoadForReadingAsync(cancellationToken)
            .ConfigureAwait(false);
        using BlobIndex index = catalog.Index;
        List<KindStatistics> kinds = [];
        foreach (ObjectKind kind in RepositoryLayout.Kinds)
        {
            kinds.Add(await CountAsync(repository.Backend, kind, cancellationToken).ConfigureAwait(false));
        }
        BlobOwners owners = new(index);
        for (int i = 0; i < snapshots.Snapshots.Count; i++)
        {
            owners.Visit(snapshots.Snapshots[i].Snapshot.Root, i + 1, cancellationToken);
        }
        (long Blobs, long SizeInBytes)[] counts = owners.Count(snapshots.Snapshots.Count, cancellationToken);
        return new StatsResult
        {
            Kinds = kinds,
            Blobs = counts[0].Blobs,
            PlaintextInBytes = counts[0].SizeInBytes,
            StoredInBytes = kinds.Sum(kind => kind.SizeInBytes),
            SnapshotsInBytes = snapshots.Snapshots.Sum(stored => stored.Snapshot.Summary.SizeInBytes),
            Snapshots =
            [
                .. snapshots.Snapshots.Select((stored, i) =>
                    new SnapshotStatistics(stored, counts[i + 1].Blobs, counts[i + 1].SizeInBytes)),
            ],
            Findings = [.. snapshots.Findings, .. catalog.Findings],
        };
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
