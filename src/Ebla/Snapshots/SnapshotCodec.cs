using System.Buffers.Binary;
using System.Formats.Cbor;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Snapshots;

// SNAPSHOT, version 1 (docs/format.md, section "Snapshots")
//   object header 56 | size of the box u32 LE | signed box with the catalog part | sealed part
// The sealed part is a frame of its own: number 0 of a sealing of its own, kind 3, its record hash the BLAKE3 of the object header.
// Its plaintext: CBOR size u32 LE | CBOR | zeros up to the Padmé length, at least 1 KiB.

/// <summary>Snapshots to bytes and back.</summary>
internal static class SnapshotCodec
{
    public const string SignatureKind = "snapshot";

    /// <summary>Largest snapshot object.</summary>
    public const int SizeInBytesMax = 4 << 20;

    private const int CatalogSizeInBytesMax = 1 << 20;
    private const int SealedSizeInBytesMax = 1 << 20;
    private const int SealedSizeInBytesMin = 1 << 10;
    private const byte SealedKind = 3;

    private const uint RootKey = 1;
    private const uint WriterKey = 2;
    private const uint SequenceKey = 3;
    private const uint SecondsKey = 4;
    private const uint NanosecondsKey = 5;
    private const uint KnownKey = 6;
    private const uint PartialKey = 7;
    private const uint SealingEntryKey = 8;
    private const uint SealedHashKey = 9;
    private const int CatalogFieldsMax = 64;
    private const int CatalogFieldCount = 9;
    private const int KnownMax = 4096;

    private const int BoxSizeOffset = ObjectHeader.SizeInBytes;
    private const int BoxOffset = BoxSizeOffset + 4;

    /// <summary>A new snapshot object and its name.</summary>
    public static (ObjectName Name, byte[] Content) Seal(UnlockedKeys keys, Snapshot snapshot)
    {
        Invariant.Check(snapshot.Writer == keys.Member.Id && snapshot.Sequence > 0 && snapshot.Known.Count <= KnownMax);
        byte[] header = ObjectHeader.Create(keys, ObjectKind.Snapshot);
        using Sealing sealing = keys.Ring.NewSealing();
        byte[] plaintext = PadSealed(SnapshotDetailsCodec.Encode(snapshot));
        byte[] sealedPart = new byte[plaintext.Length + Sealing.OverheadInBytes];
        sealing.EncryptFrame(0, SealedKind, Blake3.Hash(header), plaintext, sealedPart);
        byte[] catalog = EncodeCatalog(snapshot, sealing.Entry.Span, Blake3.Hash(sealedPart));
        byte[] box = SignedBox.Seal(keys, ObjectKind.Snapshot, SignatureKind, header, catalog);
        byte[] boxSize = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(boxSize, box.Length);
        byte[] content = [.. header, .. boxSize, .. box, .. sealedPart];
        return (new ObjectName(ObjectKind.Snapshot, new ObjectId(Blake3.Hash(content))), content);
    }

    /// <summary>Opens a snapshot object whose hash has been checked against its name.</summary>
    /// <exception cref="CorruptDataException">Not a snapshot, or not signed by a member.</exception>
    public static Snapshot Open(UnlockedKeys keys, ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> header = ObjectHeader.Check(keys, ObjectKind.Snapshot, content);
        Require(content.Length > BoxOffset && content.Length <= SizeInBytesMax, "size out of range");
        uint boxSize = BinaryPrimitives.ReadUInt32LittleEndian(content[BoxSizeOffset..]);
        Require(boxSize <= content.Length - BoxOffset, "cut short");
        byte[] body = SignedBox.Open(
            keys, ObjectKind.Snapshot, SignatureKind, header, content.Slice(BoxOffset, (int)boxSize), CatalogSizeInBytesMax,
            out MemberId signer);
        Snapshot snapshot = StrictCbor.Decode(body, "Snapshot", ReadCatalog);
        Require(snapshot.Writer == signer, "it is signed by another member than it says");
        (byte[] sealingEntry, Hash256 sealedHash) = StrictCbor.Decode(body, "Snapshot", ReadSealing);
        ReadOnlySpan<byte> sealedPart = content[(BoxOffset + (int)boxSize)..];
        Require(Blake3.Hash(sealedPart) == sealedHash, "the sealed part is not the signed one");
        Require(sealedPart.Length is >= SealedSizeInBytesMin + Sealing.OverheadInBytes and <= SealedSizeInBytesMax, "size out of range");
        byte[] plaintext = new byte[sealedPart.Length - Sealing.OverheadInBytes];
        using Sealing sealing = keys.Ring.OpenSealing(sealingEntry);
        sealing.DecryptFrame(0, SealedKind, Blake3.Hash(header), sealedPart, plaintext);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(plaintext);
        Require(size <= plaintext.Length - 4, "sealed part cut short");
        Require(PaddedSize((int)size) == plaintext.Length
            && !plaintext.AsSpan(4 + (int)size).ContainsAnyExcept((byte)0), "wrong padding");
        return SnapshotDetailsCodec.Decode(snapshot, plaintext.AsMemory(4, (int)size));
    }

    private static byte[] EncodeCatalog(Snapshot snapshot, ReadOnlySpan<byte> sealingEntry, Hash256 sealedHash)
    {
        CborWriter writer = StrictCbor.CreateWriter(1024);
        writer.WriteStartMap(CatalogFieldCount);
        writer.WriteUInt32(RootKey);
        writer.WriteByteString(snapshot.Root.Value.ToArray());
        writer.WriteUInt32(WriterKey);
        writer.WriteByteString(snapshot.Writer.ToArray());
        writer.WriteUInt32(SequenceKey);
        writer.WriteUInt64(snapshot.Sequence);
        writer.WriteUInt32(SecondsKey);
        writer.WriteInt64(snapshot.Time.Seconds);
        writer.WriteUInt32(NanosecondsKey);
        writer.WriteInt32(snapshot.Time.Nanoseconds);
        writer.WriteUInt32(KnownKey);
        writer.WriteStartArray(snapshot.Known.Count);
        foreach (KnownWriter known in snapshot.Known)
        {
            writer.WriteStartArray(3);
            writer.WriteByteString(known.Writer.ToArray());
            writer.WriteUInt64(known.Sequence);
            writer.WriteByteString(known.Snapshot.Value.ToArray());
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteUInt32(PartialKey);
        writer.WriteUInt32(snapshot.IsPartial ? 1u : 0u);
        writer.WriteUInt32(SealingEntryKey);
        writer.WriteByteString(sealingEntry);
        writer.WriteUInt32(SealedHashKey);
        writer.WriteByteString(sealedHash.ToArray());
        writer.WriteEndMap();
        return writer.Encode();
    }

    private static Snapshot ReadCatalog(CborReader reader)
    {
        BlobId? root = null;
        MemberId? writer = null;
        ulong sequence = 0;
        long seconds = 0;
        int nanoseconds = 0;
        bool isPartial = false;
        KnownWriter[] known = [];
        int fields = 0;
        int count = StrictCbor.ReadMapHeader(reader, CatalogFieldsMax);
        for (int i = 0; i < count; i++)
        {
            uint key = reader.ReadUInt32();
            fields += key < StrictCbor.OptionalKeyMin ? 1 : 0;
            switch (key)
            {
                case RootKey: root = BlobId.Read(StrictCbor.ReadExactBytes(reader, Hash256.SizeInBytes)); break;
                case WriterKey: writer = MemberId.Read(StrictCbor.ReadExactBytes(reader, MemberId.SizeInBytes)); break;
                case SequenceKey: sequence = reader.ReadUInt64(); break;
                case SecondsKey: seconds = reader.ReadInt64(); break;
                case NanosecondsKey: nanoseconds = (int)StrictCbor.ReadNumber(reader, UnixTime.NanosecondsPerSecond - 1); break;
                case KnownKey: known = ReadKnown(reader); break;
                case PartialKey: isPartial = StrictCbor.ReadNumber(reader, 1) == 1; break;
                case SealingEntryKey or SealedHashKey: reader.SkipValue(); break;
                default: StrictCbor.SkipUnknown(reader, key, "Snapshot"); break;
            }
        }
        reader.ReadEndMap();
        Require(root is not null && writer is not null && sequence > 0 && fields == CatalogFieldCount, "fields missing");
        return new Snapshot
        {
            Root = root.Value,
            Writer = writer.Value,
            Sequence = sequence,
            Time = new UnixTime(seconds, nanoseconds),
            Known = known,
            IsPartial = isPartial,
            Host = default,
            Paths = [],
        };
    }

    private static (byte[] Entry, Hash256 Hash) ReadSealing(CborReader reader)
    {
        byte[]? entry = null;
        Hash256? hash = null;
        int count = StrictCbor.ReadMapHeader(reader, CatalogFieldsMax);
        for (int i = 0; i < count; i++)
        {
            switch (reader.ReadUInt32())
            {
                case SealingEntryKey: entry = StrictCbor.ReadBytes(reader, ushort.MaxValue); break;
                case SealedHashKey: hash = Hash256.Read(StrictCbor.ReadExactBytes(reader, Hash256.SizeInBytes)); break;
                default: reader.SkipValue(); break;
            }
        }
        reader.ReadEndMap();
        Require(entry is not null && hash is not null, "sealing missing");
        return (entry, hash.Value);
    }

    private static KnownWriter[] ReadKnown(CborReader reader)
    {
        KnownWriter[] known = new KnownWriter[StrictCbor.ReadArrayHeader(reader, KnownMax)];
        for (int i = 0; i < known.Length; i++)
        {
            Require(StrictCbor.ReadArrayHeader(reader, 3) == 3, "a known writer without three members");
            known[i] = new KnownWriter(
                MemberId.Read(StrictCbor.ReadExactBytes(reader, MemberId.SizeInBytes)),
                reader.ReadUInt64(),
                ObjectId.Read(StrictCbor.ReadExactBytes(reader, Hash256.SizeInBytes)));
            reader.ReadEndArray();
        }
        reader.ReadEndArray();
        return known;
    }

    private static byte[] PadSealed(byte[] details)
    {
        byte[] plaintext = new byte[PaddedSize(details.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(plaintext, details.Length);
        details.CopyTo(plaintext, 4);
        return plaintext;
    }

    private static int PaddedSize(int size) => (int)Padme.Round(Math.Max(4 + size, SealedSizeInBytesMin));

    private static void Require([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool condition, string what)
    {
        if (!condition)
        {
            throw new CorruptDataException($"Snapshot: {what}.");
        }
    }
}
