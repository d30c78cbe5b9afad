using System.Formats.Cbor;
using Ebla.Primitives;

namespace Ebla.Trees;

/// <summary>Tree blobs (docs/format.md, section "Trees"): a CBOR array of the type and an array of items.</summary>
internal static class TreeBlobCodec
{
    /// <summary>Largest plaintext of a tree blob.</summary>
    public const int SizeInBytesMax = 1 << 20;

    /// <summary>Most items of one tree blob.</summary>
    public const int ItemsMax = 1 << 16;

    /// <summary>Most levels of branches above the leaves. Three hold more than any directory or file.</summary>
    public const int DepthMax = 8;

    private const byte ArrayOfTwo = 0x82;
    private const byte ArrayMajorType = 0x80;

    /// <summary>The bytes before the items.</summary>
    public static byte[] EncodePrefix(TreeBlobType type, int itemCount)
    {
        CborWriter writer = StrictCbor.CreateWriter(8);
        writer.WriteUInt32((uint)itemCount);
        byte[] count = writer.Encode();
        count[0] |= ArrayMajorType;
        return [ArrayOfTwo, (byte)type, .. count];
    }

    /// <summary>Reads the type; the reader then stands before the items, whose number is returned.</summary>
    public static (TreeBlobType Type, int ItemCount) ReadPrefix(CborReader reader)
    {
        if (StrictCbor.ReadArrayHeader(reader, 2) != 2)
        {
            throw new CorruptDataException("A tree blob is not a pair.");
        }
        var type = (TreeBlobType)StrictCbor.ReadNumber(reader, byte.MaxValue);
        return type is >= TreeBlobType.Nodes and <= TreeBlobType.PieceBranches
            ? (type, StrictCbor.ReadArrayHeader(reader, ItemsMax))
            : throw new UnsupportedFormatException($"A tree blob of type {(byte)type} is not known to this version of Ebla.");
    }

    /// <summary>Decodes a whole tree blob.</summary>
    /// <exception cref="CorruptDataException">It is none, or not as a writer makes it.</exception>
    public static TreeBlob Decode(ReadOnlyMemory<byte> plaintext) => plaintext.Length <= SizeInBytesMax
        ? StrictCbor.Decode(plaintext, "Tree blob", reader => Decode(reader, plaintext))
        : throw new CorruptDataException($"A tree blob of {plaintext.Length} bytes; {SizeInBytesMax} are allowed.");

    private static TreeBlob Decode(CborReader reader, ReadOnlyMemory<byte> plaintext)
    {
        (TreeBlobType type, int count) = ReadPrefix(reader);
        TreeBlob blob = new(type, plaintext);
        for (int i = 0; i < count; i++)
        {
            int start = plaintext.Length - reader.BytesRemaining;
            switch (type)
            {
                case TreeBlobType.Nodes:
                    Node node = NodeCodec.Read(reader);
                    blob.AddNode(node, start, plaintext.Length - reader.BytesRemaining - start);
                    break;
                case TreeBlobType.Pieces:
                    blob.Pieces.Add(ContentPieceCodec.Read(reader));
                    break;
                default:
                    blob.AddBranch(ReadBranch(reader));
                    break;
            }
        }
        reader.ReadEndArray();
        reader.ReadEndArray();
        return count > 0 || type is TreeBlobType.Nodes or TreeBlobType.Pieces
            ? blob
            : throw new CorruptDataException("A tree blob of branches without one.");
    }

    /// <summary>Appends a branch's encoding.</summary>
    public static void WriteBranch(CborWriter writer, TreeBranch branch)
    {
        writer.WriteStartArray(3);
        writer.WriteByteString(branch.FirstName.Span);
        ContentPieceCodec.WriteId(writer, branch.Id);
        writer.WriteUInt64(branch.Total);
        writer.WriteEndArray();
    }

    private static TreeBranch ReadBranch(CborReader reader)
    {
        if (StrictCbor.ReadArrayHeader(reader, 3) != 3)
        {
            throw new CorruptDataException("A tree branch without three members.");
        }
        ByteName name = new(StrictCbor.ReadBytes(reader, NodeCodec.NameSizeInBytesMax));
        BlobId id = BlobId.Read(StrictCbor.ReadExactBytes(reader, Hash256.SizeInBytes));
        ulong total = StrictCbor.ReadNumber(reader, long.MaxValue);
        reader.ReadEndArray();
        return new TreeBranch(name, id, total);
    }
}
