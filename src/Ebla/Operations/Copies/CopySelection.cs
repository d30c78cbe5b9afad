using Ebla.Primitives;
using Ebla.Repositories;

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
        SnapshotFilter filter = new() { Hosts = options.Hosts, Tags = options.Tags, Paths = options.Paths };
        return [.. candidates.Where(stored => filter.Matches(stored.Snapshot))];
    }
}
