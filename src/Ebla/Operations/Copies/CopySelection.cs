using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;

namespace Ebla.Operations.Copies;

/// <summary>Which snapshots of the source are meant.</summary>
internal static class CopySelection
{
    /// <summary>The snapshots, oldest first.</summary>
    /// <exception cref="SnapshotNotFoundException">One that is named is not there.</exception>
    public static IReadOnlyList<StoredSnapshot> Choose(SnapshotList source, CopyOptions options)
    {
        IReadOnlyList<StoredSnapshot> candidates = options.IncludeSuperseded ? source.Snapshots : source.WithoutSuperseded();
        if (options.Snapshots.Count > 0)
        {
            HashSet<ObjectId> named = [.. options.Snapshots.Select(name => source.Find(name).Id)];
            candidates = [.. source.Snapshots.Where(stored => named.Contains(stored.Id))];
        }
        return [.. candidates.Where(stored => IsMeant(stored.Snapshot, options))];
    }

    private static bool IsMeant(Snapshot snapshot, CopyOptions options)
        => (options.Hosts.Count == 0 || options.Hosts.Contains(snapshot.Host))
            && (options.Tags.Count == 0 || options.Tags.Any(snapshot.Tags.Contains))
            && (options.Paths.Count == 0 || options.Paths.Any(snapshot.Paths.Contains));
}
