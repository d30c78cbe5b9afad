using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Operations.Backups.Nodes;
using Ebla.Operations.Backups.Storing;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Copies;

/// <summary>
/// Makes the trees of a snapshot anew for a destination where blobs have other names: cut as a backup there would cut them, from the
/// deepest directories up. Nodes stay as they are but for the ids.
/// </summary>
/// <remarks>Memory: a bit per blob of the source, and 40 bytes per directory waiting, whatever the depth.</remarks>
internal sealed class TreeRewriter(CopyRun run, BlobMap map)
{
    private readonly TreeReader _trees = new(run.Blobs);
    private readonly RingKeys _ring = run.Destination.Keys.Ring;

    /// <summary>The root in the destination. All chunks below it must have names already.</summary>
    /// <exception cref="CorruptDataException">Or <see cref="MissingObjectException"/>: the trees are damaged.</exception>
    public async Task<BlobId> RewriteAsync(BlobId root, CancellationToken cancellationToken)
    {
        Indexing.VisitedBlobs entered = new(run.Index.EntryCount);
        Stack<(BlobId Tree, bool IsThrough)> waiting = new([(root, false)]);
        while (waiting.TryPop(out (BlobId Tree, bool IsThrough) next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            long ordinal = map.OrdinalOf(next.Tree);
            if (map.Contains(ordinal))
            {
                continue;
            }
            if (next.IsThrough)
            {
                map.AddTree(ordinal, await RebuildAsync(next.Tree, cancellationToken).ConfigureAwait(false));
                continue;
            }
            if (!entered.Add(ordinal))
            {
                throw new CorruptDataException($"Directory {next.Tree.ToShortString()} holds itself.");
            }
            waiting.Push((next.Tree, true));
            await foreach (TreeEntry entry in _trees.ReadNodesAsync(next.Tree, cancellationToken).ConfigureAwait(false))
            {
                if (entry.Node.Subtree is { } subtree && !map.Contains(map.OrdinalOf(subtree)))
                {
                    waiting.Push((subtree, false));
                }
            }
        }
        return map.Get(root, null);
    }

    private async Task<BlobId> RebuildAsync(BlobId directory, CancellationToken cancellationToken)
    {
        TreeListBuilder list = new(TreeBlobType.Nodes, StoreAsync);
        await foreach (TreeEntry entry in _trees.ReadNodesAsync(directory, cancellationToken).ConfigureAwait(false))
        {
            await RebuildContentListAsync(entry.Node, cancellationToken).ConfigureAwait(false);
            byte[] encoding = NodeReferences.Replace(entry.Encoding, map.Get);
            EncodedNode node = EncodedNode.Of(StrictCbor.Decode(encoding, "Node", NodeCodec.Read), encoding, _ring);
            await list.AddAsync(node.Encoding, node.Links, node.Name, 1, node.CutValue, cancellationToken).ConfigureAwait(false);
        }
        return await list.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask RebuildContentListAsync(Node file, CancellationToken cancellationToken)
    {
        if (file.ContentList is not { } source)
        {
            return;
        }
        long ordinal = map.OrdinalOf(source);
        if (map.Contains(ordinal))
        {
            return;
        }
        TreeListBuilder list = new(TreeBlobType.Pieces, StoreAsync);
        await foreach (ContentPiece piece in _trees.ReadPiecesAsync(file, cancellationToken).ConfigureAwait(false))
        {
            ContentPiece renamed = piece.Id is { } id ? piece with { Id = map.Get(id, piece.SizeInBytes) } : piece;
            await PieceList.AddAsync(list, renamed, cancellationToken).ConfigureAwait(false);
        }
        map.AddTree(ordinal, await list.FinishAsync(cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask<BlobId> StoreAsync(TreeBlobDraft blob, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        BlobId id = new(Blake3.HashKeyed(_ring.TreeIdKey, blob.Plaintext.Span));
        if (await run.Trees.AddAsync(id, blob.Plaintext, blob.Links).ConfigureAwait(false))
        {
            run.Counters.CountBlobs(1);
        }
        return id;
    }
}
