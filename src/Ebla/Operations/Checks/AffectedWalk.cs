using Ebla.Indexing;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Checks;

/// <summary>Goes down only where something is lost: which packs a snapshot suffers from, and which of its paths.</summary>
internal sealed class AffectedWalk(CheckedCatalog catalog, SnapshotClosure closure, int pathsMax)
{
    // Both walks are cut off at so many blobs: what is lost widely needs no list.
    private const int BlobsMax = 1 << 20;

    private readonly HashSet<BlobId> _directories = [];
    private readonly List<AffectedPath> _paths = [];
    private int _blobs;

    public IReadOnlyList<AffectedPath> Paths => _paths;

    /// <summary>Whether there are, or may be, more paths.</summary>
    public bool HasMorePaths { get; private set; }

    /// <summary>The bad packs that a snapshot needs; fewer if the walk was cut off.</summary>
    public HashSet<ObjectId> FindPacks(BlobId root, CancellationToken cancellationToken)
    {
        HashSet<ObjectId> packs = [];
        HashSet<long> visited = [];
        Stack<ShortId> waiting = new([ShortId.Of(root)]);
        while (_blobs < BlobsMax && waiting.TryPop(out ShortId id))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _blobs++;
            bool isLost = closure.IsLost(id);
            foreach (long ordinal in catalog.Index.FindOrdinals(id))
            {
                if (!visited.Add(ordinal))
                {
                    continue;
                }
                CatalogEntry entry = catalog.Index.GetEntry(ordinal);
                if (isLost)
                {
                    _ = packs.Add(catalog.PackOf(entry));
                }
                if (entry.Row.Kind == FrameKind.Tree)
                {
                    ReadOnlySpan<byte> links = catalog.Index.GetLinks(entry);
                    for (int offset = 0; offset < links.Length; offset += ShortId.SizeInBytes)
                    {
                        ShortId link = ShortId.Read(links[offset..]);
                        if (closure.IsTainted(link))
                        {
                            waiting.Push(link);
                        }
                    }
                }
            }
        }
        return packs;
    }

    /// <summary>Lists affected paths of a snapshot, but not again what a directory seen before holds.</summary>
    public async Task FindPathsAsync(StoredSnapshot snapshot, TreeReader trees, CancellationToken cancellationToken)
    {
        Stack<Level> way = [];
        try
        {
            Enter(null, ByteName.FromText("/"), snapshot.Snapshot.Root);
            while (!HasMorePaths && way.TryPeek(out Level? level))
            {
                if (await TryMoveNextAsync(snapshot.Id, level).ConfigureAwait(false) is not { } node)
                {
                    _ = way.Pop();
                    await level.Nodes.DisposeAsync().ConfigureAwait(false);
                }
                else
                {
                    if (IsAffected(node.ContentList) || node.Content.Concat(node.ExtendedAttributeContent).Any(piece => IsAffected(piece.Id)))
                    {
                        Add(new AffectedPath(snapshot.Id, level.Path.Join(node.Name), IsDirectory: false));
                    }
                    if (node.Subtree is { } subtree && closure.IsTainted(ShortId.Of(subtree)))
                    {
                        Enter(level, node.Name, subtree);
                    }
                }
            }
        }
        finally
        {
            foreach (Level level in way)
            {
                await level.Nodes.DisposeAsync().ConfigureAwait(false);
            }
        }

        void Enter(Level? above, ByteName name, BlobId tree)
        {
            if (_directories.Count == BlobsMax)
            {
                HasMorePaths = true;
            }
            else if (_directories.Add(tree))
            {
                way.Push(new Level(above, name, trees.ReadNodesAsync(tree, cancellationToken).GetAsyncEnumerator(cancellationToken)));
            }
        }
    }

    private async ValueTask<Node?> TryMoveNextAsync(ObjectId snapshot, Level level)
    {
        try
        {
            return await level.Nodes.MoveNextAsync().ConfigureAwait(false) ? level.Nodes.Current.Node : null;
        }
        catch (Exception exception) when (exception is MissingObjectException || CheckReport.IsOfObject(exception))
        {
            // Its finding is there already; here it means that the directory's list is lost, or a part of it.
            Add(new AffectedPath(snapshot, level.Path, IsDirectory: true));
            return null;
        }
    }

    private bool IsAffected(BlobId? id) => id is { } present && closure.IsTainted(ShortId.Of(present));

    private void Add(AffectedPath path)
    {
        if (_paths.Count < pathsMax)
        {
            _paths.Add(path);
        }
        else
        {
            HasMorePaths = true;
        }
    }

    private sealed record Level(Level? Above, ByteName Name, IAsyncEnumerator<TreeEntry> Nodes)
    {
        /// <value>Put together at each call.</value>
        public ByteName Path
        {
            get
            {
                Stack<ByteName> names = [];
                for (Level? at = this; at is not null; at = at.Above)
                {
                    names.Push(at.Name);
                }
                return ByteName.OfPath(names);
            }
        }
    }
}
