using Ebla.FileSystems;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Previous;

/// <summary>What a previous snapshot has under a path.</summary>
internal static class PreviousNode
{
    /// <summary>The node; null if there is none.</summary>
    /// <exception cref="CorruptDataException">A tree on the way is damaged.</exception>
    /// <exception cref="MissingObjectException">A tree on the way is not there.</exception>
    public static async ValueTask<Node?> FindAsync(TreeReader trees, BlobId root, ByteName path, CancellationToken cancellationToken)
    {
        BlobId? tree = root;
        Node? node = null;
        foreach (ByteName name in LocalPath.Split(path))
        {
            node = tree is { } id ? await trees.FindAsync(id, name, cancellationToken).ConfigureAwait(false) : null;
            tree = node?.Subtree;
        }
        return node;
    }
}
