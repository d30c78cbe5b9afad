using System.Formats.Cbor;
using Ebla.Primitives;

namespace Ebla.Trees;

/// <summary>Gives a node other blobs: the same content under other ids.</summary>
internal static class NodeReferences
{
    /// <summary>
    /// The node's encoding with other ids in the places of the ids. All else stays byte for byte, unknown fields included.
    /// </summary>
    /// <param name="encoding">A node that a reader has accepted.</param>
    /// <param name="replace">The new id of a blob; with the length that the node gives, where it gives one.</param>
    public static byte[] Replace(ReadOnlyMemory<byte> encoding, Func<BlobId, long?, BlobId> replace)
    {
        byte[] replaced = encoding.ToArray();
        StrictCbor.Decode(encoding, "Node", reader =>
        {
            int fields = reader.ReadStartMap() ?? throw new CorruptDataException("A node of no definite length.");
            for (int i = 0; i < fields; i++)
            {
                switch (reader.ReadUInt32())
                {
                    case NodeCodec.ContentKey or NodeCodec.AttributeContentKey: ReplacePieces(reader); break;
                    case NodeCodec.ContentListKey or NodeCodec.SubtreeKey:
                        (BlobId id, int start) = ReadId(reader)!.Value;
                        replace(id, null).Write(replaced.AsSpan(start));
                        break;
                    default: reader.SkipValue(); break;
                }
            }
            reader.ReadEndMap();
            return true;
        });
        return replaced;

        void ReplacePieces(CborReader reader)
        {
            int pieces = reader.ReadStartArray() ?? throw new CorruptDataException("A content of no definite length.");
            for (int i = 0; i < pieces; i++)
            {
                _ = reader.ReadStartArray();
                (BlobId Id, int Start)? blob = ReadId(reader);
                long size = (long)StrictCbor.ReadNumber(reader, long.MaxValue);
                reader.ReadEndArray();
                if (blob is { } present)
                {
                    replace(present.Id, size).Write(replaced.AsSpan(present.Start));
                }
            }
            reader.ReadEndArray();
        }

        // Null for a hole.
        (BlobId Id, int Start)? ReadId(CborReader reader)
        {
            ReadOnlyMemory<byte> id = reader.ReadDefiniteLengthByteString();
            return id.Length == Hash256.SizeInBytes
                ? (BlobId.Read(id.Span), encoding.Length - reader.BytesRemaining - Hash256.SizeInBytes)
                : null;
        }
    }
}
