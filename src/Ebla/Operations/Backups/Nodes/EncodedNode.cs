using System.Formats.Cbor;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Operations.Backups.Storing;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Nodes;

/// <summary>A node ready to be put into its directory's list.</summary>
internal sealed record EncodedNode(
    ByteName Name, FileType Type, long SizeInBytes, ReadOnlyMemory<byte> Encoding, IReadOnlyList<ShortId> Links, ulong CutValue)
{
    /// <summary>Encodes a node.</summary>
    public static EncodedNode Of(Node node, RingKeys ring)
    {
        CborWriter writer = StrictCbor.CreateWriter();
        NodeCodec.Write(writer, node);
        return Of(node, writer.Encode(), ring);
    }

    /// <summary>A node that is stored again exactly as it was.</summary>
    public static EncodedNode Of(Node node, ReadOnlyMemory<byte> encoding, RingKeys ring) => new(
        node.Name,
        node.Type,
        node.SizeInBytes,
        encoding,
        LinksOf(node),
        Blake3.HashKeyed(ring.TreeIdKey, node.Name.Span).W0);

    private static IReadOnlyList<ShortId> LinksOf(Node node)
    {
        IReadOnlyList<ShortId> links
            = node.Subtree is { } tree ? [ShortId.Of(tree)] : FileContent.LinksOf(node.Content, node.ContentList);
        return node.ExtendedAttributeContent.Count == 0
            ? links
            : [.. links, .. FileContent.LinksOf(node.ExtendedAttributeContent, null)];
    }
}
