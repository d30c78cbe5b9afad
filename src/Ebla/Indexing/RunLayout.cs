using System.Buffers.Binary;
using Ebla.Primitives;

namespace Ebla.Indexing;

// RUN FILE, local to a machine and disposable: never leaves the cache folder, so its layout may change with every version.
// Little-endian, except ids (raw bytes, so that they sort as bytes).
//   header 128: magic "EBLARUN2" | segment count u32 | pack count u32 | sealing count u32 | frame count u32 | entry count u64
//               | sealing bytes u64 | link bytes u64 | zeros
//   segments 32 each | packs 40 each: id, size u64 | sealing ends u32 each | sealing entries | frames 96 each | links | entries 40 each
//   links: for each tree frame, per blob u32 the number of links up to and with it, then the links, 16 each
//   BLAKE3 of all before, 32

/// <summary>Where the sections of a run file begin.</summary>
internal readonly record struct RunLayout(
    int SegmentCount, int PackCount, int SealingCount, int FrameCount, long EntryCount, long SealingBytes, long LinkBytes)
{
    public const int HeaderSizeInBytes = 128;
    public const int PackRowSizeInBytes = Hash256.SizeInBytes + 8;
    public const int FrameRowSizeInBytes = 96;
    public const int EntrySizeInBytes = Hash256.SizeInBytes + 8;

    private static ReadOnlySpan<byte> Magic => "EBLARUN2"u8;

    public static long SegmentsOffset => HeaderSizeInBytes;

    public long PacksOffset => SegmentsOffset + (long)SegmentCount * Hash256.SizeInBytes;

    public long SealingEndsOffset => PacksOffset + (long)PackCount * PackRowSizeInBytes;

    public long SealingsOffset => SealingEndsOffset + 4L * SealingCount;

    public long FramesOffset => SealingsOffset + SealingBytes;

    public long LinksOffset => FramesOffset + (long)FrameCount * FrameRowSizeInBytes;

    public long EntriesOffset => LinksOffset + LinkBytes;

    public long HashOffset => EntriesOffset + EntryCount * EntrySizeInBytes;

    public long FileSizeInBytes => HashOffset + Hash256.SizeInBytes;

    public byte[] EncodeHeader()
    {
        byte[] header = new byte[HeaderSizeInBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), SegmentCount);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), PackCount);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), SealingCount);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(20), FrameCount);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), EntryCount);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), SealingBytes);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(40), LinkBytes);
        return header;
    }

    /// <summary>Reads a header; null if it is none of this version.</summary>
    public static RunLayout? TryRead(ReadOnlySpan<byte> header, long fileSizeInBytes)
    {
        if (header.Length < HeaderSizeInBytes || !header.StartsWith(Magic))
        {
            return null;
        }
        RunLayout layout = new(
            BinaryPrimitives.ReadInt32LittleEndian(header[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[20..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[40..]));
        bool sane = layout.SegmentCount >= 0 && layout.PackCount >= 0 && layout.SealingCount >= 0 && layout.FrameCount >= 0
            && layout.EntryCount >= 0 && layout.EntryCount < fileSizeInBytes
            && layout.SealingBytes >= 0 && layout.SealingBytes < fileSizeInBytes
            && layout.LinkBytes >= 0 && layout.LinkBytes < fileSizeInBytes;
        return sane && layout.FileSizeInBytes == fileSizeInBytes ? layout : null;
    }
}
