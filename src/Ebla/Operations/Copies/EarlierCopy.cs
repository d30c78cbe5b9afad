using System.Runtime.CompilerServices;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;
using Ebla.Trees;

namespace Ebla.Operations.Copies;

/// <summary>
/// Learns from a snapshot that was copied before what its blobs are called in the destination, by walking both side by side: so the next
/// copy reads only what is new. Without it all would be right, and every chunk would be read again.
/// </summary>
internal sealed class EarlierCopy(CopyRun run, BlobMap map, BlobReader destinationBlobs)
{
    private readonly TreeReader _source = new(run.Blobs);
    private readonly TreeReader _destination = new(destinationBlobs);

    /// <summary>Learns what there is to learn; damage on either side ends it early.</summary>
    public async Task LearnAsync(Snapshot source, Snapshot copy, CancellationToken cancellationToken)
    {
        // Its word that it is a copy of the other is taken as that of a frame record is (docs/format.md, "Trust").
        UnlockedKeys keys = run.Destination.Keys;
        if (copy.Writer != keys.Member.Id
            && !(keys.Members.TryGetValue(copy.Writer, out KnownMember? writer) && writer.Role == MemberRole.Owner))
        {
            return;
        }
        // Only of a copy that is whole: then everything that it refers to can be relied on.
        CatalogWalk closure = new(run.DestinationIndex);
        closure.Visit(copy.Root, cancellationToken);
        if (closure.Missing.Count > 0)
        {
            return;
        }
        try
        {
            await WalkAsync(source.Root, copy.Root, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CorruptDataException or MissingObjectException or UnsupportedFormatException)
        {
            // What was learned by now is right; the rest is copied as if it were new, and what is damaged shows then.
        }
    }

    private async Task WalkAsync(BlobId sourceRoot, BlobId destinationRoot, CancellationToken cancellationToken)
    {
        Stack<(BlobId Source, BlobId Destination)> waiting = new([(sourceRoot, destinationRoot)]);
        while (waiting.TryPop(out (BlobId Source, BlobId Destination) tree))
        {
            long ordinal = map.OrdinalOf(tree.Source);
            if (map.Contains(ordinal))
            {
                continue;
            }
            IAsyncEnumerator<TreeEntry> copies
                = _destination.ReadNodesAsync(tree.Destination, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using ConfiguredAsyncDisposable disposing = copies.ConfigureAwait(false);
            await foreach (TreeEntry entry in _source.ReadNodesAsync(tree.Source, cancellationToken).ConfigureAwait(false))
            {
                Node node = entry.Node;
                Node copy = await NextAsync(copies).ConfigureAwait(false);
                Require(node.Name == copy.Name && node.Type == copy.Type && node.SizeInBytes == copy.SizeInBytes);
                await LearnContentAsync(node, copy, cancellationToken).ConfigureAwait(false);
                if (node.Subtree is { } subtree)
                {
                    waiting.Push((subtree, copy.Subtree!.Value));
                }
            }
            Require(!await copies.MoveNextAsync().ConfigureAwait(false));
            map.AddTree(ordinal, tree.Destination);
        }
    }

    private async ValueTask LearnContentAsync(Node node, Node copy, CancellationToken cancellationToken)
    {
        Learn(node.Content, copy.Content);
        Learn(node.ExtendedAttributeContent, copy.ExtendedAttributeContent);
        Require(node.ContentList is null == copy.ContentList is null);
        if (node.ContentList is not { } list || map.Contains(map.OrdinalOf(list)))
        {
            return;
        }
        IAsyncEnumerator<ContentPiece> copies
            = _destination.ReadPiecesAsync(copy, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using ConfiguredAsyncDisposable disposing = copies.ConfigureAwait(false);
        await foreach (ContentPiece piece in _source.ReadPiecesAsync(node, cancellationToken).ConfigureAwait(false))
        {
            Require(await copies.MoveNextAsync().ConfigureAwait(false));
            Learn(piece, copies.Current);
        }
        map.AddTree(map.OrdinalOf(list), copy.ContentList!.Value);
    }

    private void Learn(IReadOnlyList<ContentPiece> pieces, IReadOnlyList<ContentPiece> copies)
    {
        Require(pieces.Count == copies.Count);
        for (int i = 0; i < pieces.Count; i++)
        {
            Learn(pieces[i], copies[i]);
        }
    }

    private void Learn(ContentPiece piece, ContentPiece copy)
    {
        Require(piece.SizeInBytes == copy.SizeInBytes && piece.Id is null == copy.Id is null);
        if (piece.Id is { } id)
        {
            map.Add(map.OrdinalOf(id), copy.Id!.Value, checked((int)piece.SizeInBytes));
        }
    }

    private static async ValueTask<Node> NextAsync(IAsyncEnumerator<TreeEntry> copies)
    {
        Require(await copies.MoveNextAsync().ConfigureAwait(false));
        return copies.Current.Node;
    }

    private static void Require(bool isSame)
    {
        if (!isSame)
        {
            throw new CorruptDataException("A copied snapshot is not what it is a copy of.");
        }
    }
}
