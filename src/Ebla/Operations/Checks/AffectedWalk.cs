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
    private const int DepthMax = 4096;

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
    public Task FindPathsAsync(StoredSnapshot snapshot, TreeReader trees, CancellationToken cancellationToken)
        => FindPathsAsync(snapshot.Id, snapshot.Snapshot.Root, ByteName.FromText("/"), 0, trees, cancellationToken);

    private async Task FindPathsAsync(
        ObjectId snapshot, BlobId tree, ByteName path, int depth, TreeReader trees, CancellationToken cancellationToken)
    {
        if (HasMorePaths || !_directories.Add(tree))
        {
            return;
        }
        if (depth > DepthMax || _directories.Count > BlobsMax)
        {
            HasMorePaths = true;
            return;
        }
        try
        {
            await foreach (TreeEntry entry in trees.ReadNodesAsync(tree, cancellationToken).ConfigureAwait(false))
            {
                Node node = entry.Node;
                ByteName below = path.Join(node.Name);
                if (node.ExtendedAttributeContent.Any(piece => IsAffected(piece.Id)))
                {
                    Add(new AffectedPath(snapshot, below, IsDirectory: false));
                }
                if (node.Subtree is { } subtree && closure.IsTainted(ShortId.Of(subtree)))
                {
                    await FindPathsAsync(snapshot, subtree, below, depth + 1, trees, cancellationToken).ConfigureAwait(false);
                }
                else if (IsAffected(node.ContentList) || node.Content.Any(piece => IsAffected(piece.Id)))
                {
                    Add(new AffectedPath(snapshot, below, IsDirectory: false));
                }
            }
        }
        catch (Exception exception) when (exception is MissingObjectException || CheckReport.IsOfObject(exception))
        {
            // Its finding is there already; here it means that the directory's list is lost, or a part of it.
            Add(new AffectedPath(snapshot, path, IsDirectory: true));
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
}
