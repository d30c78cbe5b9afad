using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Storing;

/// <summary>A file's content as stored: what its node will say.</summary>
internal sealed record FileContent(long SizeInBytes, IReadOnlyList<ContentPiece> Pieces, BlobId? List)
{
    public static FileContent Empty { get; } = new(0, [], null);

    /// <summary>The content of a file's node.</summary>
    public static FileContent Of(Node node) => new(node.SizeInBytes, node.Content, node.ContentList);

    /// <summary>Whether the node has this very content, in the same pieces.</summary>
    public bool IsOf(Node node) => SizeInBytes == node.SizeInBytes && List == node.ContentList && Pieces.SequenceEqual(node.Content);

    /// <summary>The blobs that a node with this content refers to.</summary>
    public static IReadOnlyList<ShortId> LinksOf(IReadOnlyList<ContentPiece> pieces, BlobId? list)
    {
        if (list is { } id)
        {
            return [ShortId.Of(id)];
        }
        List<ShortId> links = new(pieces.Count);
        foreach (ContentPiece piece in pieces)
        {
            if (piece.Id is { } blob)
            {
                links.Add(ShortId.Of(blob));
            }
        }
        return links;
    }
}
