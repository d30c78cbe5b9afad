using System.Buffers.Binary;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Indexing;

// FRAME ROW of a run file, 96 bytes: pack u32 | offset in pack u32 | stored size u32 | number u32 | sealing u32
//   | kind u8, 0 u8, blob count u16 | where its links begin u64 | core hash 32 | ciphertext hash 32

/// <summary>A frame as a run file holds it; pack and sealing are ordinals within the run.</summary>
internal readonly record struct FrameRow(
    int Pack, uint OffsetInPack, int StoredSizeInBytes, uint Number, int Sealing, FrameKind Kind, int BlobCount,
    long LinksStart, Hash256 CoreHash, Hash256 CiphertextHash)
{
    public void Write(Span<byte> row)
    {
        BinaryPrimitives.WriteInt32LittleEndian(row, Pack);
        BinaryPrimitives.WriteUInt32LittleEndian(row[4..], OffsetInPack);
        BinaryPrimitives.WriteInt32LittleEndian(row[8..], StoredSizeInBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(row[12..], Number);
        BinaryPrimitives.WriteInt32LittleEndian(row[16..], Sealing);
        row[20] = (byte)Kind;
        row[21] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(row[22..], (ushort)BlobCount);
        BinaryPrimitives.WriteInt64LittleEndian(row[24..], LinksStart);
        CoreHash.Write(row[32..]);
        CiphertextHash.Write(row[64..]);
    }

    /// <summary>The pack alone.</summary>
    public static int ReadPack(ReadOnlySpan<byte> row) => BinaryPrimitives.ReadInt32LittleEndian(row);

    public static FrameRow Read(ReadOnlySpan<byte> row) => new(
        BinaryPrimitives.ReadInt32LittleEndian(row),
        BinaryPrimitives.ReadUInt32LittleEndian(row[4..]),
        BinaryPrimitives.ReadInt32LittleEndian(row[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(row[12..]),
        BinaryPrimitives.ReadInt32LittleEndian(row[16..]),
        (FrameKind)row[20],
        BinaryPrimitives.ReadUInt16LittleEndian(row[22..]),
        BinaryPrimitives.ReadInt64LittleEndian(row[24..]),
        Hash256.Read(row[32..]),
        Hash256.Read(row[64..]));
}
