using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Checks;

/// <summary>What a tree blob refers to: what its frame's record must say.</summary>
internal static class TreeLinks
{
    public static HashSet<ShortId> Of(TreeBlob tree)
    {
        HashSet<ShortId> links = [];
        foreach (Node node in tree.Nodes)
        {
            Add(links, node.Subtree);
            Add(links, node.ContentList);
            AddPieces(links, node.Content);
            AddPieces(links, node.ExtendedAttributeContent);
        }
        AddPieces(links, tree.Pieces);
        foreach (TreeBranch branch in tree.Branches)
        {
            Add(links, branch.Id);
        }
        return links;
    }

    private static void AddPieces(HashSet<ShortId> links, IReadOnlyList<ContentPiece> pieces)
    {
        foreach (ContentPiece piece in pieces)
        {
            Add(links, piece.Id);
        }
    }

    private static void Add(HashSet<ShortId> links, BlobId? id)
    {
        if (id is { } present)
        {
            _ = links.Add(ShortId.Of(present));
        }
    }
}
