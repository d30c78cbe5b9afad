using System.Buffers.Binary;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Packs;

// PACK DIRECTORY, version 1 (docs/format.md, section "Packs"). Integers little-endian.
//   sealing count u32 | per sealing: entry length u16, entry | frame count u32 | the frames' records in the order of the frames

/// <summary>The directory of a pack, decoded.</summary>
internal sealed class PackDirectory
{
    public const int SealingsMax = 4096;
    public const int FramesMax = 1 << 16;

    /// <summary>Largest plaintext of a directory.</summary>
    public const int SizeInBytesMax = 32 << 20;

    /// <summary>Bytes of the two counts.</summary>
    public const int FixedSizeInBytes = 8;

    private PackDirectory(ReadOnlyMemory<byte> bytes, List<ReadOnlyMemory<byte>> sealings, List<FrameRecord> frames)
    {
        Bytes = bytes;
        SealingEntries = sealings;
        Frames = frames;
    }

    /// <summary>The directory as written, without signature.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    public IReadOnlyList<ReadOnlyMemory<byte>> SealingEntries { get; }

    /// <summary>In the order in which the frames stand in the pack, without gaps, from <see cref="PackCodec.FramesOffset"/> on.</summary>
    public IReadOnlyList<FrameRecord> Frames { get; }

    /// <summary>The bytes of all frames together.</summary>
    public long FramesSizeInBytes => Frames.Sum(frame => (long)frame.StoredSizeInBytes);

    /// <summary>Decodes; every frame's sealing must be in the table.</summary>
    public static PackDirectory Read(ReadOnlyMemory<byte> source)
    {
        int offset = 0;
        int sealingCount = ReadCount(source, ref offset, SealingsMax, "sealing");
        List<ReadOnlyMemory<byte>> sealings = new(sealingCount);
        HashSet<Hash256> known = [];
        for (int i = 0; i < sealingCount; i++)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(Take(source, ref offset, 2).Span);
            ReadOnlyMemory<byte> entry = Take(source, ref offset, length);
            sealings.Add(entry);
            if (!known.Add(SealingEntry.Read(entry.Span).Id))
            {
                throw new CorruptDataException("Pack directory: a sealing twice.");
            }
        }
        int frameCount = ReadCount(source, ref offset, FramesMax, "frame");
        List<FrameRecord> frames = new(frameCount);
        for (int i = 0; i < frameCount; i++)
        {
            FrameRecord record = FrameRecord.Read(source[offset..]);
            offset += record.Bytes.Length;
            frames.Add(known.Contains(record.SealingId)
                ? record
                : throw new CorruptDataException("Pack directory: a frame whose sealing is not in the table."));
        }
        return offset == source.Length
            ? new PackDirectory(source, sealings, frames)
            : throw new CorruptDataException("Pack directory: bytes follow the end.");
    }

    /// <summary>Encodes the directory of a pack with these sealings and frames.</summary>
    public static byte[] Encode(IReadOnlyCollection<ReadOnlyMemory<byte>> sealings, IReadOnlyList<FrameRecord> frames)
    {
        byte[] bytes = new byte[FixedSizeInBytes + sealings.Sum(entry => 2 + entry.Length) + frames.Sum(frame => frame.Bytes.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, sealings.Count);
        int offset = 4;
        foreach (ReadOnlyMemory<byte> entry in sealings)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(offset), checked((ushort)entry.Length));
            entry.Span.CopyTo(bytes.AsSpan(offset + 2));
            offset += 2 + entry.Length;
        }
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), frames.Count);
        offset += 4;
        foreach (FrameRecord frame in frames)
        {
            frame.Bytes.Span.CopyTo(bytes.AsSpan(offset));
            offset += frame.Bytes.Length;
        }
        return bytes;
    }

    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> source, ref int offset, int length)
    {
        if (length > source.Length - offset)
        {
            throw new CorruptDataException("Pack directory: cut short.");
        }
        offset += length;
        return source.Slice(offset - length, length);
    }

    private static int ReadCount(ReadOnlyMemory<byte> source, ref int offset, int countMax, string what)
    {
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(Take(source, ref offset, 4).Span);
        return count >= 1 && count <= countMax ? (int)count : throw new CorruptDataException($"Pack directory: {what} count {count} out of range.");
    }
}
