using System.Buffers;
using System.Buffers.Binary;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Packs;

// PACK, version 1 (docs/format.md, section "Packs")
//   object header 56 | frames | directory: a signed box | trailer 16: size of the box u32 LE, 0 u32, "EBLAPACK"

/// <summary>Lays out packs and finds their directories.</summary>
internal static class PackCodec
{
    public const int FramesOffset = ObjectHeader.SizeInBytes;
    public const int TrailerSizeInBytes = 16;
    public const string SignatureKind = "pack";

    private static ReadOnlySpan<byte> TrailerMagic => "EBLAPACK"u8;

    /// <summary>Completes a pack of these frames.</summary>
    /// <returns>Its name, its bytes as segments that refer to the frames' buffers, its size, and its directory.</returns>
    public static PackDraft Complete(UnlockedKeys keys, IReadOnlyList<SealedFrame> frames)
    {
        byte[] header = ObjectHeader.Create(keys, ObjectKind.Pack);
        byte[] directory = PackDirectory.Encode(frames);
        byte[] box = SignedBox.Seal(keys, ObjectKind.Pack, SignatureKind, header, directory);
        byte[] tail = new byte[box.Length + TrailerSizeInBytes];
        box.CopyTo(tail, 0);
        BinaryPrimitives.WriteInt32LittleEndian(tail.AsSpan(box.Length), box.Length);
        TrailerMagic.CopyTo(tail.AsSpan(tail.Length - TrailerMagic.Length));

        Blake3Hasher hasher = new();
        PackSegment first = new(header, null);
        PackSegment last = first;
        hasher.Append(header);
        foreach (SealedFrame frame in frames)
        {
            last = new PackSegment(frame.Ciphertext, last);
            hasher.Append(frame.Ciphertext.Span);
        }
        last = new PackSegment(tail, last);
        hasher.Append(tail);
        ReadOnlySequence<byte> content = new(first, 0, last, last.Memory.Length);
        return new PackDraft(new ObjectId(hasher.Finish()), content, directory);
    }

    /// <summary>The size of the directory's box, from a pack's last 16 bytes.</summary>
    public static int ReadTrailer(ReadOnlySpan<byte> trailer, long packSizeInBytes)
    {
        Invariant.Check(trailer.Length == TrailerSizeInBytes);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        return trailer[8..].SequenceEqual(TrailerMagic)
            && BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) == 0
            && size <= PackDirectory.SizeInBytesMax + (PackDirectory.SizeInBytesMax >> 3)
            && size <= packSizeInBytes - FramesOffset - TrailerSizeInBytes
            ? (int)size
            : throw new CorruptDataException("Pack: its end is not that of a pack.");
    }

    /// <summary>Opens a directory and checks it against the pack's size.</summary>
    /// <param name="keys">Catalog key and members.</param>
    /// <param name="header">The pack's first bytes.</param>
    /// <param name="box">The directory's box.</param>
    /// <param name="packSizeInBytes">The size of the whole pack.</param>
    public static PackDirectory OpenDirectory(
        UnlockedKeys keys, ReadOnlySpan<byte> header, ReadOnlySpan<byte> box, long packSizeInBytes)
    {
        byte[] body = SignedBox.Open(keys, ObjectKind.Pack, SignatureKind, header, box, PackDirectory.SizeInBytesMax);
        PackDirectory directory = PackDirectory.Read(body);
        return directory.FramesSizeInBytes == packSizeInBytes - FramesOffset - box.Length - TrailerSizeInBytes
            ? directory
            : throw new CorruptDataException("Pack: the frames do not fill it.");
    }
}
