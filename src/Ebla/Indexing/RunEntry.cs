using System.Buffers.Binary;
using Ebla.Primitives;

namespace Ebla.Indexing;

// ENTRY of a run file, 40 bytes: blob id 32 | frame u32 | place in frame u16 | length code u16

/// <summary>Where a blob is: its frame, as an ordinal within the run, and its place in it.</summary>
internal readonly record struct RunEntry(BlobId Id, int Frame, ushort Place, ushort LengthCode)
{
    public void Write(Span<byte> entry)
    {
        Id.Write(entry);
        BinaryPrimitives.WriteInt32LittleEndian(entry[32..], Frame);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[36..], Place);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[38..], LengthCode);
    }

    public static RunEntry Read(ReadOnlySpan<byte> entry) => new(
        BlobId.Read(entry),
        BinaryPrimitives.ReadInt32LittleEndian(entry[32..]),
        BinaryPrimitives.ReadUInt16LittleEndian(entry[36..]),
        BinaryPrimitives.ReadUInt16LittleEndian(entry[38..]));
}
