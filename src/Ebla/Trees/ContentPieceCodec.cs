using System.Formats.Cbor;
using Ebla.Primitives;

namespace Ebla.Trees;

/// <summary>A content piece: an array of the blob id (an empty string for a hole) and the exact length.</summary>
internal static class ContentPieceCodec
{
    public static void Write(CborWriter writer, ContentPiece piece)
    {
        writer.WriteStartArray(2);
        if (piece.Id is { } id)
        {
            WriteId(writer, id);
        }
        else
        {
            writer.WriteByteString([]);
        }
        writer.WriteUInt64((ulong)piece.SizeInBytes);
        writer.WriteEndArray();
    }

    public static ContentPiece Read(CborReader reader)
    {
        if (StrictCbor.ReadArrayHeader(reader, 2) != 2)
        {
            throw new CorruptDataException("A content piece without two members.");
        }
        ReadOnlyMemory<byte> id = reader.ReadDefiniteLengthByteString();
        if (id.Length is not 0 and not Hash256.SizeInBytes)
        {
            throw new CorruptDataException($"A content piece with an id of {id.Length} bytes.");
        }
        long size = (long)StrictCbor.ReadNumber(reader, long.MaxValue);
        if (size == 0)
        {
            throw new CorruptDataException("A content piece without length.");
        }
        reader.ReadEndArray();
        return new ContentPiece(id.IsEmpty ? null : BlobId.Read(id.Span), size);
    }

    public static void WriteId(CborWriter writer, BlobId id)
    {
        Span<byte> bytes = stackalloc byte[Hash256.SizeInBytes];
        id.Write(bytes);
        writer.WriteByteString(bytes);
    }
}
