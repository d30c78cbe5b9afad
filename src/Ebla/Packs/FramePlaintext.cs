using System.Buffers.Binary;
using Ebla.Compression;
using Ebla.Primitives;

namespace Ebla.Packs;

// FRAME PLAINTEXT, version 1 (docs/format.md, section "Frames"): what stands inside a frame's encryption. Integers little-endian.
//   0 compression u8 (0 none, 1 zstd) | 1 reserved 3 bytes = 0 | 4 blob count u32 | 8 exact blob lengths u32 each
//   then: payload size u32 | payload | zeros up to the Padmé length of the whole

/// <summary>Lays out and reads the plaintext of frames.</summary>
internal static class FramePlaintext
{
    /// <summary>Largest blob: a largest chunk.</summary>
    public const int BlobSizeInBytesMax = 32 << 20;

    /// <summary>Most plaintext of the blobs of one frame together.</summary>
    public const int BlobsSizeInBytesMax = BlobSizeInBytesMax;

    private const int FixedSizeInBytes = 8;
    private const byte NotCompressed = 0;
    private const byte Zstd = 1;

    /// <summary>Bytes before the payload.</summary>
    public static int PayloadOffset(int blobCount) => FixedSizeInBytes + 4 * blobCount + 4;

    /// <summary>The whole size, padding included, of a frame with so much payload.</summary>
    public static int TotalSize(int blobCount, int payloadSizeInBytes)
        => (int)Padme.Round(PayloadOffset(blobCount) + payloadSizeInBytes);

    /// <summary>Fills in all but the payload, which already stands at <see cref="PayloadOffset"/>.</summary>
    public static void WriteAround(Span<byte> plaintext, IReadOnlyList<FrameBlob> blobs, bool isCompressed, int payloadSizeInBytes)
    {
        int payloadOffset = PayloadOffset(blobs.Count);
        Invariant.Check(plaintext.Length == TotalSize(blobs.Count, payloadSizeInBytes));
        plaintext[..FixedSizeInBytes].Clear();
        plaintext[0] = isCompressed ? Zstd : NotCompressed;
        BinaryPrimitives.WriteInt32LittleEndian(plaintext[4..], blobs.Count);
        for (int place = 0; place < blobs.Count; place++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(plaintext[(FixedSizeInBytes + 4 * place)..], blobs[place].SizeInBytes);
        }
        BinaryPrimitives.WriteInt32LittleEndian(plaintext[(payloadOffset - 4)..], payloadSizeInBytes);
        plaintext[(payloadOffset + payloadSizeInBytes)..].Clear();
    }

    /// <summary>Reads the lengths, checks everything, and returns the blobs' bytes, one behind the other.</summary>
    /// <exception cref="CorruptDataException">The plaintext is malformed.</exception>
    public static FrameContent Read(ReadOnlySpan<byte> plaintext, FrameKind kind, int blobCount, ZstdDecompressor decompressor)
    {
        (int[] lengths, int total, Range place) = ReadLayout(plaintext, blobCount);
        ReadOnlySpan<byte> payload = plaintext[place];
        RentedBuffer blobs = new(total);
        try
        {
            if (plaintext[0] == Zstd)
            {
                decompressor.Decompress(payload, blobs.Span);
            }
            else
            {
                payload.CopyTo(blobs.Span);
            }
            return new FrameContent(kind, blobs, lengths);
        }
        catch
        {
            blobs.Dispose();
            throw;
        }
    }

    /// <summary>Checks everything but the blobs' bytes, which stay compressed, and returns the blobs' lengths.</summary>
    /// <exception cref="CorruptDataException">The plaintext is malformed.</exception>
    public static int[] ReadLengths(ReadOnlySpan<byte> plaintext, int blobCount, ZstdDecompressor decompressor)
    {
        (int[] lengths, int total, Range place) = ReadLayout(plaintext, blobCount);
        if (plaintext[0] == Zstd)
        {
            decompressor.CheckFrame(plaintext[place], total);
        }
        return lengths;
    }

    private static (int[] Lengths, int SizeInBytes, Range Payload) ReadLayout(ReadOnlySpan<byte> plaintext, int blobCount)
    {
        int payloadOffset = PayloadOffset(blobCount);
        Require(plaintext.Length >= payloadOffset, "cut short");
        Require(plaintext[0] is NotCompressed or Zstd, "unknown compression");
        Require(!plaintext[1..4].ContainsAnyExcept((byte)0), "reserved bytes set");
        Require(BinaryPrimitives.ReadUInt32LittleEndian(plaintext[4..]) == blobCount, "blob count is not the record's");
        int[] lengths = new int[blobCount];
        long total = 0;
        for (int place = 0; place < blobCount; place++)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(plaintext[(FixedSizeInBytes + 4 * place)..]);
            total += length;
            Require(length > 0 && total <= BlobsSizeInBytesMax, "blob lengths out of range");
            lengths[place] = (int)length;
        }
        uint payloadSize = BinaryPrimitives.ReadUInt32LittleEndian(plaintext[(payloadOffset - 4)..]);
        Require(payloadSize <= plaintext.Length - payloadOffset, "payload cut short");
        Require(plaintext.Length == TotalSize(blobCount, (int)payloadSize), "padding of the wrong length");
        Require(!plaintext[(payloadOffset + (int)payloadSize)..].ContainsAnyExcept((byte)0), "padding is not zero");
        Require(plaintext[0] == Zstd || payloadSize == total, "payload of the wrong length");
        return (lengths, (int)total, payloadOffset..(payloadOffset + (int)payloadSize));
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new CorruptDataException($"Frame: {what}.");
        }
    }
}
