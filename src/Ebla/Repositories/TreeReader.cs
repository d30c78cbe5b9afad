using System.Runtime.CompilerServices;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Repositories;

/// <summary>Reads directories and long contents, however many tree blobs they are cut into. Safe for concurrent use.</summary>
/// <remarks>Memory: one tree blob per level.</remarks>
internal sealed class TreeReader(BlobReader blobs)
{
    /// <summary>The nodes of a directory, sorted by name.</summary>
    /// <exception cref="CorruptDataException">Among others: a name stands twice, in whatever blobs.</exception>
    public async IAsyncEnumerable<TreeEntry> ReadNodesAsync(
        BlobId tree, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ByteName? last = null;
        await foreach (TreeEntry entry in ReadNodesAsync(tree, 0, cancellationToken).ConfigureAwait(false))
        {
            if (last is { } name && name.CompareTo(entry.Node.Name) >= 0)
            {
                throw new CorruptDataException($"The names of directory {tree.ToShortString()} are not in order.");
            }
            last = entry.Node.Name;
            yield return entry;
        }
    }

    /// <summary>The pieces of a file's content in order, adding up to its size.</summary>
    public async IAsyncEnumerable<ContentPiece> ReadPiecesAsync(
        Node file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (file.ContentList is not { } list)
        {
            foreach (ContentPiece piece in file.Content)
            {
                yield return piece;
            }
            yield break;
        }
        long total = 0;
        await foreach (ContentPiece piece in ReadPiecesAsync(list, 0, cancellationToken).ConfigureAwait(false))
        {
            if (piece.SizeInBytes > file.SizeInBytes - total)
            {
                throw new CorruptDataException($"The content list of {file.Name} is longer than the file.");
            }
            total += piece.SizeInBytes;
            yield return piece;
        }
        if (total != file.SizeInBytes)
        {
            throw new CorruptDataException($"The content list of {file.Name} is shorter than the file.");
        }
    }

    /// <summary>The extended attributes of a node, wherever they stand.</summary>
    /// <exception cref="CorruptDataException">Or <see cref="MissingObjectException"/>: they cannot be had.</exception>
    public async ValueTask<IReadOnlyList<ExtendedAttribute>> ReadExtendedAttributesAsync(Node node, CancellationToken cancellationToken)
    {
        if (node.ExtendedAttributeContent.Count == 0)
        {
            return node.ExtendedAttributes;
        }
        // The node's reader has checked that the pieces are at most so long together.
        byte[] encoding = new byte[node.ExtendedAttributeContent.Sum(piece => piece.SizeInBytes)];
        int offset = 0;
        foreach (ContentPiece piece in node.ExtendedAttributeContent)
        {
            ReadOnlyMemory<byte> blob = await blobs.ReadAsync(piece.Id!.Value, cancellationToken).ConfigureAwait(false);
            if (blob.Length != piece.SizeInBytes)
            {
                throw new CorruptDataException($"The tree says a wrong length of blob {piece.Id.Value.ToShortString()}.");
            }
            blob.CopyTo(encoding.AsMemory(offset));
            offset += blob.Length;
        }
        return ExtendedAttributesCodec.Decode(encoding);
    }

    /// <summary>The node of a name in a directory; null if there is none.</summary>
    public async ValueTask<Node?> FindAsync(BlobId tree, ByteName name, CancellationToken cancellationToken)
    {
        await foreach (TreeEntry entry in ReadNodesAsync(tree, cancellationToken).ConfigureAwait(false))
        {
            int order = entry.Node.Name.CompareTo(name);
            if (order >= 0)
            {
                return order == 0 ? entry.Node : null;
            }
        }
        return null;
    }

    private async ValueTask<TreeBlob> ReadBlobAsync(BlobId id, int depth, CancellationToken cancellationToken)
    {
        if (depth > TreeBlobCodec.DepthMax)
        {
            throw new CorruptDataException($"Tree blob {id.ToShortString()} lies too deep in its list.");
        }
        return TreeBlobCodec.Decode(await blobs.ReadAsync(id, cancellationToken).ConfigureAwait(false));
    }

    private async IAsyncEnumerable<TreeEntry> ReadNodesAsync(
        BlobId id, int depth, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TreeBlob blob = await ReadBlobAsync(id, depth, cancellationToken).ConfigureAwait(false);
        if (blob.Type is not (TreeBlobType.Nodes or TreeBlobType.NodeBranches))
        {
            throw new CorruptDataException($"Tree blob {id.ToShortString()} is not of a directory.");
        }
        for (int i = 0; i < blob.Nodes.Count; i++)
        {
            yield return new TreeEntry(blob.Nodes[i], blob.EncodingOf(i));
        }
        foreach (TreeBranch branch in blob.Branches)
        {
            await foreach (TreeEntry entry in ReadNodesAsync(branch.Id, depth + 1, cancellationToken).ConfigureAwait(false))
            {
                yield return entry;
            }
        }
    }

    private async IAsyncEnumerable<ContentPiece> ReadPiecesAsync(
        BlobId id, int depth, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TreeBlob blob = await ReadBlobAsync(id, depth, cancellationToken).ConfigureAwait(false);
        if (blob.Type is not (TreeBlobType.Pieces or TreeBlobType.PieceBranches))
        {
            throw new CorruptDataException($"Tree blob {id.ToShortString()} is not of a file's content.");
        }
        foreach (ContentPiece piece in blob.Pieces)
        {
            yield return piece;
        }
        foreach (TreeBranch branch in blob.Branches)
        {
            await foreach (ContentPiece piece in ReadPiecesAsync(branch.Id, depth + 1, cancellationToken).ConfigureAwait(false))
            {
                yield return piece;
            }
        }
    }
}
