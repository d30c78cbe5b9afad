using System.Buffers.Binary;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Indexing;

// INDEX SEGMENT, version 1 (docs/format.md, section "Index segments"): a signed object with the body
//   pack count u32 | per pack: pack id 32, pack size u64, directory size u32, directory (all little-endian)

/// <summary>Index segments: copies of pack directories.</summary>
internal static class IndexSegmentCodec
{
    public const string SignatureKind = "index";

    /// <summary>Largest body. A writer starts a new segment well before.</summary>
    public const int BodySizeInBytesMax = 64 << 20;

    public const int PacksMax = 1 << 16;

    private const int PackHeaderSizeInBytes = Hash256.SizeInBytes + 8 + 4;

    /// <summary>The bytes that a pack's entry takes.</summary>
    public static int SizeOf(int directorySizeInBytes) => PackHeaderSizeInBytes + directorySizeInBytes;

    /// <summary>A new segment.</summary>
    public static (ObjectName Name, byte[] Content) Seal(UnlockedKeys keys, IReadOnlyList<IndexedPack> packs)
    {
        byte[] body = new byte[4 + packs.Sum(pack => SizeOf(pack.Directory.Bytes.Length))];
        Invariant.Check(body.Length <= BodySizeInBytesMax && packs.Count is > 0 and <= PacksMax);
        BinaryPrimitives.WriteInt32LittleEndian(body, packs.Count);
        int offset = 4;
        foreach (IndexedPack pack in packs)
        {
            pack.Id.Write(body.AsSpan(offset));
            BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(offset + Hash256.SizeInBytes), pack.SizeInBytes);
            BinaryPrimitives.WriteInt32LittleEndian(
                body.AsSpan(offset + Hash256.SizeInBytes + 8), pack.Directory.Bytes.Length);
            pack.Directory.Bytes.Span.CopyTo(body.AsSpan(offset + PackHeaderSizeInBytes));
            offset += SizeOf(pack.Directory.Bytes.Length);
        }
        return SignedObject.Seal(keys, ObjectKind.Index, SignatureKind, body);
    }

    /// <summary>The packs that a segment lists.</summary>
    public static IReadOnlyList<IndexedPack> Open(UnlockedKeys keys, ReadOnlySpan<byte> content)
    {
        byte[] body = SignedObject.Open(keys, ObjectKind.Index, SignatureKind, content, BodySizeInBytesMax);
        Require(body.Length >= 4, "cut short");
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(body);
        Require(count is > 0 and <= PacksMax, "pack count out of range");
        List<IndexedPack> packs = new((int)count);
        int offset = 4;
        for (int i = 0; i < count; i++)
        {
            Require(body.Length - offset >= PackHeaderSizeInBytes, "cut short");
            ObjectId id = ObjectId.Read(body.AsSpan(offset));
            long size = BinaryPrimitives.ReadInt64LittleEndian(body.AsSpan(offset + Hash256.SizeInBytes));
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(body.AsSpan(offset + Hash256.SizeInBytes + 8));
            offset += PackHeaderSizeInBytes;
            Require(length <= body.Length - offset, "cut short");
            PackDirectory directory = PackDirectory.Read(body.AsMemory(offset, (int)length));
            Require(size is > 0 and <= uint.MaxValue, "pack size out of range");
            Require(directory.FramesSizeInBytes <= size - PackCodec.FramesOffset, "frames longer than their pack");
            packs.Add(new IndexedPack(id, size, directory));
            offset += (int)length;
        }
        Require(offset == body.Length, "bytes follow the end");
        return packs;
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new CorruptDataException($"Index segment: {what}.");
        }
    }
}
