using Ebla.Repositories;

namespace Ebla.Operations.Listing;

/// <summary>Lists the snapshots of a repository.</summary>
public static class SnapshotsOperation
{
    /// <summary>All snapshots that can be read, oldest first, and what could not be read.</summary>
    public static Task<SnapshotList> RunAsync(Repository repository, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        return new SnapshotStore(repository).LoadAsync(cancellationToken);
    }
}
