using Ebla.FileSystems;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations;

/// <summary>A place in a snapshot that has been found.</summary>
/// <param name="Stored">The snapshot.</param>
/// <param name="Path">The absolute path; "/" for the root.</param>
/// <param name="Node">What is there; null for the root, which has no node.</param>
internal sealed record SnapshotPlace(StoredSnapshot Stored, ByteName Path, Node? Node)
{
    /// <summary>The tree of what is there; null if that is no directory.</summary>
    public BlobId? Tree => Node is null ? Stored.Snapshot.Root : Node.Subtree;

    /// <summary>Goes down from the root of a snapshot.</summary>
    /// <param name="trees">Reads the directories on the way.</param>
    /// <param name="stored">The snapshot.</param>
    /// <param name="path">Absolute; empty means the root. Links in the snapshot are not followed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="SnapshotNotFoundException">There is no such path in the snapshot.</exception>
    public static async Task<SnapshotPlace> FindAsync(
        TreeReader trees, StoredSnapshot stored, ByteName path, CancellationToken cancellationToken)
    {
        SnapshotPlace place = new(stored, ByteName.FromText("/"), null);
        ByteName wanted = path.IsEmpty ? place.Path : LocalPath.Normalize(path);
        foreach (ByteName name in LocalPath.Split(wanted))
        {
            if (place.Tree is not { } tree)
            {
                throw NotFound($"{place.Path} is no directory there");
            }
            Node found = await trees.FindAsync(tree, name, cancellationToken).ConfigureAwait(false)
                ?? throw NotFound(place.Node is null ? $"it begins at {Roots()}" : $"{place.Path} has no entry {name}");
            place = new SnapshotPlace(stored, place.Path.Join(name), found);
        }
        return place;

        SnapshotNotFoundException NotFound(string why)
            => new($"There is no {wanted} in snapshot {stored.Id.ToShortString()}: {why}.");

        string Roots() => string.Join(", ", stored.Snapshot.Paths);
    }
}
