using System.Buffers.Binary;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Packs;

// FRAME RECORD, version 1 (docs/format.md, section "Frame records"). Integers little-endian. A frame moves with its record,
// verbatim.
//   0 kind u8 | 1 reserved u8 = 0 | 2 blob count u16 1..=4096 | 4 frame number u32 | 8 sealing id 32 | 40 writer 16
//  56 link count u32 | 60 blob ids 32 each | length codes u16 each | if kind = tree: links per blob u32 each | links 16 each
//   = the core; its BLAKE3 is bound into the frame's encryption
//   then: stored size u32 | BLAKE3 of the ciphertext 32 | Ed25519 signature 64 of all before it

/// <summary>What the catalog knows of a frame: a view of the record's bytes.</summary>
internal sealed class FrameRecord
{
    public const int BlobsMax = 4096;
    public const int LinksMax = 1 << 20;

    /// <summary>Largest stored size of a frame: a largest chunk of 32 MiB, its padding, table and tag.</summary>
    public const int StoredSizeInBytesMax = 40 << 20;

    public const int FixedSizeInBytes = 60;
    public const int TailSizeInBytes = 4 + Hash256.SizeInBytes;
    public const int SignatureSizeInBytes = 64;

    /// <summary>Largest record.</summary>
    public const int SizeInBytesMax = FixedSizeInBytes + BlobsMax * (Hash256.SizeInBytes + 2 + 4)
        + LinksMax * ShortId.SizeInBytes + TailSizeInBytes + SignatureSizeInBytes;

    public const string SignatureKind = "frame";

    private readonly int _lengthsOffset;
    private readonly int _linkCountsOffset;
    private readonly int _linksOffset;

    private FrameRecord(ReadOnlyMemory<byte> bytes, int lengthsOffset, int linkCountsOffset, int linksOffset, int coreSize)
    {
        Bytes = bytes;
        _lengthsOffset = lengthsOffset;
        _linkCountsOffset = linkCountsOffset;
        _linksOffset = linksOffset;
        CoreHash = Blake3.Hash(bytes.Span[..coreSize]);
        StoredSizeInBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[coreSize..]);
        CiphertextHash = Hash256.Read(bytes.Span[(coreSize + 4)..]);
    }

    /// <summary>The record as stored.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    public FrameKind Kind => (FrameKind)Bytes.Span[0];

    public int BlobCount => BinaryPrimitives.ReadUInt16LittleEndian(Bytes.Span[2..]);

    public uint Number => BinaryPrimitives.ReadUInt32LittleEndian(Bytes.Span[4..]);

    public Hash256 SealingId => Hash256.Read(Bytes.Span[8..]);

    public MemberId Writer => MemberId.Read(Bytes.Span[40..]);

    public int LinkCount => BinaryPrimitives.ReadInt32LittleEndian(Bytes.Span[56..]);

    /// <summary>BLAKE3 of the part that was known before encryption.</summary>
    public Hash256 CoreHash { get; }

    public int StoredSizeInBytes { get; }

    public Hash256 CiphertextHash { get; }

    /// <summary>What the signature covers.</summary>
    public ReadOnlySpan<byte> SignedBytes => Bytes.Span[..^SignatureSizeInBytes];

    public ReadOnlySpan<byte> Signature => Bytes.Span[^SignatureSizeInBytes..];

    /// <summary>Links per blob (u32 each) and then the links (16 bytes each), as stored; empty for file frames.</summary>
    public ReadOnlySpan<byte> LinkSection => Kind == FrameKind.Tree
        ? Bytes.Span[_linkCountsOffset..(_linksOffset + LinkCount * ShortId.SizeInBytes)]
        : default;

    /// <summary>What the tree blob at a place refers to.</summary>
    public IEnumerable<ShortId> LinksOf(int place)
    {
        int first = 0;
        for (int before = 0; before < place; before++)
        {
            first += LinkCountOf(before);
        }
        int end = first + LinkCountOf(place);
        for (int link = first; link < end; link++)
        {
            yield return ShortId.Read(Bytes.Span[(_linksOffset + link * ShortId.SizeInBytes)..]);
        }
    }

    public BlobId GetBlobId(int place) => BlobId.Read(Bytes.Span[(FixedSizeInBytes + place * Hash256.SizeInBytes)..]);

    /// <summary>The blob's length code; its plaintext length rounded up, see <see cref="PadmeCode"/>.</summary>
    public ushort GetLengthCode(int place) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes.Span[(_lengthsOffset + 2 * place)..]);

    /// <summary>Reads the record at the start of <paramref name="source"/>, which may go on behind it.</summary>
    /// <exception cref="CorruptDataException">The bytes are no record.</exception>
    public static FrameRecord Read(ReadOnlyMemory<byte> source)
    {
        ReadOnlySpan<byte> span = source.Span;
        Require(span.Length >= FixedSizeInBytes, "cut short");
        var kind = (FrameKind)span[0];
        Require(kind is FrameKind.File or FrameKind.Tree, "kind out of range");
        Require(span[1] == 0, "reserved byte set");
        int blobCount = BinaryPrimitives.ReadUInt16LittleEndian(span[2..]);
        Require(blobCount is >= 1 and <= BlobsMax, "blob count out of range");
        uint linkCount = BinaryPrimitives.ReadUInt32LittleEndian(span[56..]);
        Require(linkCount <= LinksMax && (kind == FrameKind.Tree || linkCount == 0), "link count out of range");
        int lengthsOffset = FixedSizeInBytes + blobCount * Hash256.SizeInBytes;
        int linkCountsOffset = lengthsOffset + 2 * blobCount;
        int linksOffset = linkCountsOffset + (kind == FrameKind.Tree ? 4 * blobCount : 0);
        int coreSize = linksOffset + (int)linkCount * ShortId.SizeInBytes;
        int size = coreSize + TailSizeInBytes + SignatureSizeInBytes;
        Require(span.Length >= size, "cut short");
        for (int place = 0; place < blobCount; place++)
        {
            int length = PadmeCode.Decode(BinaryPrimitives.ReadUInt16LittleEndian(span[(lengthsOffset + 2 * place)..]));
            Require(length is >= 1 and <= FramePlaintext.BlobSizeInBytesMax, "blob length out of range");
        }
        if (kind == FrameKind.Tree)
        {
            long total = 0;
            for (int place = 0; place < blobCount; place++)
            {
                total += BinaryPrimitives.ReadUInt32LittleEndian(span[(linkCountsOffset + 4 * place)..]);
            }
            Require(total == linkCount, "links per blob do not add up");
        }
        FrameRecord record = new(source[..size], lengthsOffset, linkCountsOffset, linksOffset, coreSize);
        Require(record.StoredSizeInBytes is > Sealing.OverheadInBytes and <= StoredSizeInBytesMax, "stored size out of range");
        int plaintextSize = record.StoredSizeInBytes - Sealing.OverheadInBytes;
        Require(
            plaintextSize > FramePlaintext.PayloadOffset(blobCount) && Padme.Round(plaintextSize) == plaintextSize,
            "stored size that no frame has");
        return record;
    }

    /// <summary>Encodes the core: all that is known before the frame is encrypted.</summary>
    public static byte[] EncodeCore(
        FrameKind kind, uint number, Hash256 sealingId, MemberId writer, IReadOnlyList<FrameBlob> blobs)
    {
        Invariant.Check(blobs.Count is >= 1 and <= BlobsMax);
        bool isTree = kind == FrameKind.Tree;
        int linkCount = blobs.Sum(blob => blob.Links.Count);
        Invariant.Check(linkCount <= LinksMax && (isTree || linkCount == 0));
        int lengthsOffset = FixedSizeInBytes + blobs.Count * Hash256.SizeInBytes;
        int linkCountsOffset = lengthsOffset + 2 * blobs.Count;
        int linksOffset = linkCountsOffset + (isTree ? 4 * blobs.Count : 0);
        byte[] core = new byte[linksOffset + linkCount * ShortId.SizeInBytes];
        core[0] = (byte)kind;
        BinaryPrimitives.WriteUInt16LittleEndian(core.AsSpan(2), (ushort)blobs.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(core.AsSpan(4), number);
        sealingId.Write(core.AsSpan(8));
        writer.Write(core.AsSpan(40));
        BinaryPrimitives.WriteInt32LittleEndian(core.AsSpan(56), linkCount);
        int linkOffset = linksOffset;
        for (int place = 0; place < blobs.Count; place++)
        {
            blobs[place].Id.Write(core.AsSpan(FixedSizeInBytes + place * Hash256.SizeInBytes));
            BinaryPrimitives.WriteUInt16LittleEndian(
                core.AsSpan(lengthsOffset + 2 * place), PadmeCode.Encode(blobs[place].SizeInBytes));
            if (isTree)
            {
                BinaryPrimitives.WriteInt32LittleEndian(core.AsSpan(linkCountsOffset + 4 * place), blobs[place].Links.Count);
                foreach (ShortId link in blobs[place].Links)
                {
                    link.Write(core.AsSpan(linkOffset));
                    linkOffset += ShortId.SizeInBytes;
                }
            }
        }
        return core;
    }

    /// <summary>
    /// Completes a record: core, stored size, ciphertext hash, and the signature of these by <paramref name="sign"/>.
    /// </summary>
    public static byte[] Encode(
        ReadOnlySpan<byte> core, int storedSizeInBytes, Hash256 ciphertextHash, Func<ReadOnlySpan<byte>, byte[]> sign)
    {
        byte[] record = new byte[core.Length + TailSizeInBytes + SignatureSizeInBytes];
        core.CopyTo(record);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(core.Length), storedSizeInBytes);
        ciphertextHash.Write(record.AsSpan(core.Length + 4));
        sign(record.AsSpan(0, record.Length - SignatureSizeInBytes)).CopyTo(record.AsSpan(record.Length - SignatureSizeInBytes));
        return record;
    }

    private int LinkCountOf(int place) => Kind == FrameKind.Tree
        ? BinaryPrimitives.ReadInt32LittleEndian(Bytes.Span[(_linkCountsOffset + 4 * place)..])
        : 0;

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new CorruptDataException($"Frame record: {what}.");
        }
    }
}
