using System.Buffers.Binary;
using Ebla.Primitives;

namespace Ebla.Compression;

// ZSTD FRAME HEADER (RFC 8878, section 3.1.1.1). All integers little-endian.
//    0  magic u32 = 0xFD2FB528
//    4  descriptor u8: content size flag (2 bits, highest), single segment, unused, reserved, checksum, dictionary id flag (2 bits)
//    5  window descriptor u8, unless single segment: exponent (5 bits, highest), mantissa (3 bits)
//       dictionary id 0, 1, 2 or 4 bytes
//       content size 0 (1 if single segment), 2 (plus 256), 4 or 8 bytes
// Read here and not by the library, so that both libraries accept exactly the same.

/// <summary>What the header of a zstd frame says, checked against what Ebla writes.</summary>
/// <param name="ContentSize">The size of the content.</param>
internal readonly record struct ZstdFrameHeader(ulong ContentSize)
{
    /// <summary>The largest window that is read: 8 MiB.</summary>
    public const ulong WindowSizeMax = 8 << 20;

    private const uint Magic = 0xFD2FB528;
    private const int DescriptorEnd = 5;
    private const int SingleSegmentBit = 1 << 5;
    private const int UnusedAndReservedBits = 3 << 3;
    private const int ChecksumBit = 1 << 2;
    private const int DictionaryIdBits = 3;

    /// <summary>Reads the header.</summary>
    /// <exception cref="CorruptDataException">The source is no frame as Ebla writes it.</exception>
    public static ZstdFrameHeader Read(ReadOnlySpan<byte> source)
    {
        if (source.Length < DescriptorEnd || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic)
        {
            throw new CorruptDataException("Compressed data: this is no zstd frame.");
        }
        int descriptor = source[DescriptorEnd - 1];
        if ((descriptor & DictionaryIdBits) != 0)
        {
            throw new CorruptDataException("Compressed data: the zstd frame needs a dictionary, which is not allowed.");
        }
        if ((descriptor & (UnusedAndReservedBits | ChecksumBit)) != 0)
        {
            throw new CorruptDataException($"Compressed data: the zstd frame has options that are not allowed: 0x{descriptor:x2}.");
        }
        bool isSingleSegment = (descriptor & SingleSegmentBit) != 0;
        int contentSizeOffset = isSingleSegment ? DescriptorEnd : DescriptorEnd + 1;
        int contentSizeLength = (descriptor >> 6) switch
        {
            0 => isSingleSegment ? 1 : throw new CorruptDataException("Compressed data: the zstd frame does not say its content size."),
            1 => 2,
            2 => 4,
            _ => 8,
        };
        if (source.Length < contentSizeOffset + contentSizeLength)
        {
            throw new CorruptDataException("Compressed data: the header of the zstd frame is cut short.");
        }
        ReadOnlySpan<byte> field = source.Slice(contentSizeOffset, contentSizeLength);
        ulong contentSize = contentSizeLength switch
        {
            1 => field[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(field) + 256UL,
            4 => BinaryPrimitives.ReadUInt32LittleEndian(field),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(field),
        };
        ulong windowSize = isSingleSegment ? contentSize : WindowSize(source[DescriptorEnd]);
        return windowSize <= WindowSizeMax
            ? new ZstdFrameHeader(contentSize)
            : throw new CorruptDataException(
                $"Compressed data: the zstd frame has a window of {windowSize} bytes; {WindowSizeMax} are allowed.");
    }

    private static ulong WindowSize(byte descriptor)
    {
        ulong size = 1UL << (10 + (descriptor >> 3));
        return size + (size / 8 * (descriptor & 7UL));
    }
}
