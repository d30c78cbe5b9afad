using System.Buffers.Binary;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Packs;

/// <summary>Finds and opens the directories of packs; <see cref="PackBuilder"/> shows the layout.</summary>
internal static class PackCodec
{
    public const int FramesOffset = ObjectHeader.SizeInBytes;
    public const int TrailerSizeInBytes = 16;
    public const string SignatureKind = "pack";

    private static ReadOnlySpan<byte> TrailerMagic => "EBLAPACK"u8;

    /// <summary>The last bytes of a pack.</summary>
    public static byte[] EncodeTrailer(int boxSizeInBytes)
    {
        byte[] trailer = new byte[TrailerSizeInBytes];
        BinaryPrimitives.WriteInt32LittleEndian(trailer, boxSizeInBytes);
        TrailerMagic.CopyTo(trailer.AsSpan(8));
        return trailer;
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
