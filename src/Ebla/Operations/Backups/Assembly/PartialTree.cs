using Ebla.Keys;
using Ebla.Operations.Backups.Nodes;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Assembly;

/// <summary>Makes a tree of what is finished while the rest of it is still being made, without disturbing that.</summary>
internal static class PartialTree
{
    /// <summary>Stores the tree.</summary>
    /// <param name="root">The root directory; null if the walk has not begun.</param>
    /// <param name="totals">What the lists hold by now.</param>
    /// <param name="newList">Makes an empty list.</param>
    /// <param name="ring">The keys.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <remarks>
    /// Directories below first, so that only one list is copied at a time. Memory: the nodes of the directories that are not finished.
    /// </remarks>
    public static async Task<AssembledTree> StoreAsync(
        PendingDirectory? root, TreeTotals totals, Func<TreeListBuilder> newList, RingKeys ring, CancellationToken cancellationToken)
    {
        if (root is null)
        {
            return new AssembledTree(await newList().FinishAsync(cancellationToken).ConfigureAwait(false), totals);
        }
        Stack<Level> way = new([new Level(root)]);
        while (true)
        {
            Level level = way.Peek();
            if (level.Unfinished.TryDequeue(out PendingDirectory? below))
            {
                way.Push(new Level(below));
                continue;
            }
            _ = way.Pop();
            PendingDirectory directory = level.Directory;
            TreeListBuilder list = directory.List?.Fork() ?? newList();
            foreach (PendingEntry entry in directory.Waiting)
            {
                EncodedNode? node = entry.IsFinished ? entry.Result
                    : entry is PendingDirectory ? level.Partial.Dequeue()
                    : null;
                if (node is not null)
                {
                    totals = totals.Plus(node);
                    await list.AddAsync(node.Encoding, node.Links, node.Name, 1, node.CutValue, cancellationToken).ConfigureAwait(false);
                }
            }
            BlobId tree = await list.FinishAsync(cancellationToken).ConfigureAwait(false);
            if (!way.TryPeek(out Level? above))
            {
                return new AssembledTree(tree, totals);
            }
            Node own = directory.Node!;
            above.Partial.Enqueue(EncodedNode.Of(own with { Subtree = tree, Remarks = own.Remarks | NodeRemarks.Incomplete }, ring));
        }
    }

    private sealed class Level(PendingDirectory directory)
    {
        public PendingDirectory Directory => directory;

        public Queue<PendingDirectory> Unfinished { get; } = new(directory.Waiting.OfType<PendingDirectory>().Where(below => !below.IsFinished));

        /// <summary>Nodes of the unfinished ones, as far as they got; in the same order.</summary>
        public Queue<EncodedNode> Partial { get; } = [];
    }
}
