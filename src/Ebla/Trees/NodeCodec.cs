using System.Formats.Cbor;
using System.Numerics;
using Ebla.Primitives;

namespace Ebla.Trees;

/// <summary>Nodes to CBOR and back (docs/format.md, section "Nodes"). A reader rejects what the writer would not write.</summary>
internal static class NodeCodec
{
    /// <summary>Longest name of a directory entry: NAME_MAX of every Linux file system.</summary>
    public const int NameSizeInBytesMax = 255;

    /// <summary>Longest link target. Linux allows 4,095 bytes.</summary>
    public const int LinkTargetSizeInBytesMax = 4096;

    /// <summary>Most pieces that stand in the node itself; a longer content goes into list blobs.</summary>
    public const int InlinePiecesMax = 32;

    private const int OwnerNameSizeInBytesMax = 256;
    private const int FieldsMax = 64;
    private const int ModeMax = 0xFFF;

    private const uint NameKey = 1;
    private const uint TypeKey = 2;
    private const uint ModeKey = 3;
    private const uint UserIdKey = 4;
    private const uint GroupIdKey = 5;
    private const uint UserNameKey = 6;
    private const uint GroupNameKey = 7;
    private const uint ModifiedSecondsKey = 8;
    private const uint ModifiedNanosecondsKey = 9;
    private const uint ChangedSecondsKey = 10;
    private const uint ChangedNanosecondsKey = 11;
    private const uint InodeKey = 12;
    private const uint SizeKey = 13;
    internal const uint ContentKey = 14;
    internal const uint ContentListKey = 15;
    internal const uint SubtreeKey = 16;
    private const uint LinkTargetKey = 17;
    private const uint HardLinkKey = 18;
    private const uint DeviceNumberKey = 19;
    private const uint RemarksKey = 20;
    private const uint AccessedSecondsKey = 21;
    private const uint AccessedNanosecondsKey = 22;
    private const uint AttributesKey = 23;
    internal const uint AttributeContentKey = 24;
    private const uint FlagsKey = 25;

    /// <summary>Appends the node's encoding to <paramref name="writer"/>.</summary>
    public static void Write(CborWriter writer, Node node)
    {
        // What a reader would refuse must not be stored, and lost with all that lies below.
        Validate(node);
        writer.WriteStartMap(BitOperations.PopCount(KeysOf(node)));
        WriteBytes(writer, NameKey, node.Name.Span);
        WriteNumber(writer, TypeKey, (ulong)node.Type);
        WriteNumber(writer, ModeKey, (ulong)node.Mode);
        WriteNumber(writer, UserIdKey, node.UserId);
        WriteNumber(writer, GroupIdKey, node.GroupId);
        if (!node.UserName.IsEmpty)
        {
            WriteBytes(writer, UserNameKey, node.UserName.Span);
        }
        if (!node.GroupName.IsEmpty)
        {
            WriteBytes(writer, GroupNameKey, node.GroupName.Span);
        }
        WriteTime(writer, ModifiedSecondsKey, node.ModifiedTime);
        WriteTime(writer, ChangedSecondsKey, node.ChangedTime);
        WriteNumber(writer, InodeKey, node.Inode);
        if (node.Type == FileType.Regular)
        {
            WriteNumber(writer, SizeKey, (ulong)node.SizeInBytes);
        }
        if (node.Content.Count > 0)
        {
            WritePieces(writer, ContentKey, node.Content);
        }
        WriteId(writer, ContentListKey, node.ContentList);
        WriteId(writer, SubtreeKey, node.Subtree);
        if (node.Type == FileType.SymbolicLink)
        {
            WriteBytes(writer, LinkTargetKey, node.LinkTarget.Span);
        }
        if (node.HardLink is { } link)
        {
            WritePair(writer, HardLinkKey, link.Device, link.Inode);
        }
        if (node.DeviceNumber is { } device)
        {
            WritePair(writer, DeviceNumberKey, device.Major, device.Minor);
        }
        if (node.Remarks != NodeRemarks.None)
        {
            WriteNumber(writer, RemarksKey, (ulong)node.Remarks);
        }
        WriteTime(writer, AccessedSecondsKey, node.AccessedTime);
        if (node.ExtendedAttributes.Count > 0)
        {
            writer.WriteUInt32(AttributesKey);
            ExtendedAttributesCodec.Write(writer, node.ExtendedAttributes);
        }
        if (node.ExtendedAttributeContent.Count > 0)
        {
            WritePieces(writer, AttributeContentKey, node.ExtendedAttributeContent);
        }
        if (node.Flags != FileFlags.None)
        {
            WriteNumber(writer, FlagsKey, (ulong)node.Flags);
        }
        writer.WriteEndMap();
    }

    /// <summary>Reads one node. Fields from <see cref="StrictCbor.OptionalKeyMin"/> on are skipped.</summary>
    /// <exception cref="CorruptDataException">Via <see cref="StrictCbor.Guard"/> too: the value is not a node.</exception>
    public static Node Read(CborReader reader)
    {
        int count = StrictCbor.ReadMapHeader(reader, FieldsMax);
        NodeFields fields = default;
        for (int i = 0; i < count; i++)
        {
            uint key = reader.ReadUInt32();
            fields.Keys |= key < StrictCbor.OptionalKeyMin ? 1UL << (int)key : 0;
            ReadField(reader, key, ref fields);
        }
        reader.ReadEndMap();
        Node node = new()
        {
            Name = fields.Name,
            Type = fields.Type,
            Mode = fields.Mode,
            UserId = fields.UserId,
            GroupId = fields.GroupId,
            UserName = fields.UserName,
            GroupName = fields.GroupName,
            ModifiedTime = new UnixTime(fields.ModifiedSeconds, fields.ModifiedNanoseconds),
            ChangedTime = new UnixTime(fields.ChangedSeconds, fields.ChangedNanoseconds),
            Inode = fields.Inode,
            SizeInBytes = fields.SizeInBytes,
            Content = fields.Content ?? [],
            ContentList = fields.ContentList,
            Subtree = fields.Subtree,
            LinkTarget = fields.LinkTarget,
            HardLink = fields.HardLink,
            DeviceNumber = fields.DeviceNumber,
            Remarks = fields.Remarks,
            AccessedTime = new UnixTime(fields.AccessedSeconds, fields.AccessedNanoseconds),
            ExtendedAttributes = fields.Attributes ?? [],
            ExtendedAttributeContent = fields.AttributeContent ?? [],
            Flags = fields.Flags,
        };
        Validate(node);
        Require(fields.Keys == KeysOf(node), "fields missing, or fields that say nothing");
        return node;
    }

    /// <summary>Whether a directory entry may bear this name: what a hostile tree must not get past a reader.</summary>
    public static bool IsValidName(ReadOnlySpan<byte> name)
        => name.Length is >= 1 and <= NameSizeInBytesMax
            && !name.ContainsAny((byte)0, (byte)'/')
            && !name.SequenceEqual("."u8)
            && !name.SequenceEqual(".."u8);

    /// <summary>Whether a symbolic link may have this target.</summary>
    public static bool IsValidLinkTarget(ReadOnlySpan<byte> target)
        => target.Length is >= 1 and <= LinkTargetSizeInBytesMax && !target.Contains((byte)0);

    private static void ReadField(CborReader reader, uint key, ref NodeFields fields)
    {
        switch (key)
        {
            case NameKey: fields.Name = new ByteName(StrictCbor.ReadBytes(reader, NameSizeInBytesMax)); break;
            case TypeKey: fields.Type = (FileType)StrictCbor.ReadNumber(reader, (ulong)FileType.BlockDevice); break;
            case ModeKey: fields.Mode = (int)StrictCbor.ReadNumber(reader, ModeMax); break;
            case UserIdKey: fields.UserId = reader.ReadUInt32(); break;
            case GroupIdKey: fields.GroupId = reader.ReadUInt32(); break;
            case UserNameKey: fields.UserName = new ByteName(StrictCbor.ReadBytes(reader, OwnerNameSizeInBytesMax)); break;
            case GroupNameKey: fields.GroupName = new ByteName(StrictCbor.ReadBytes(reader, OwnerNameSizeInBytesMax)); break;
            case ModifiedSecondsKey: fields.ModifiedSeconds = reader.ReadInt64(); break;
            case ModifiedNanosecondsKey: fields.ModifiedNanoseconds = ReadNanoseconds(reader); break;
            case ChangedSecondsKey: fields.ChangedSeconds = reader.ReadInt64(); break;
            case ChangedNanosecondsKey: fields.ChangedNanoseconds = ReadNanoseconds(reader); break;
            case InodeKey: fields.Inode = reader.ReadUInt64(); break;
            case SizeKey: fields.SizeInBytes = (long)StrictCbor.ReadNumber(reader, long.MaxValue); break;
            case ContentKey: fields.Content = ReadContent(reader); break;
            case ContentListKey: fields.ContentList = ReadId(reader); break;
            case SubtreeKey: fields.Subtree = ReadId(reader); break;
            case LinkTargetKey: fields.LinkTarget = new ByteName(StrictCbor.ReadBytes(reader, LinkTargetSizeInBytesMax)); break;
            case HardLinkKey:
                (ulong linkDevice, ulong linkInode) = ReadPair(reader, ulong.MaxValue);
                fields.HardLink = new HardLinkId(linkDevice, linkInode);
                break;
            case DeviceNumberKey:
                (ulong major, ulong minor) = ReadPair(reader, uint.MaxValue);
                fields.DeviceNumber = new DeviceNumber((uint)major, (uint)minor);
                break;
            case RemarksKey: fields.Remarks = (NodeRemarks)StrictCbor.ReadNumber(reader, int.MaxValue); break;
            case AccessedSecondsKey: fields.AccessedSeconds = reader.ReadInt64(); break;
            case AccessedNanosecondsKey: fields.AccessedNanoseconds = ReadNanoseconds(reader); break;
            case AttributesKey:
                fields.Attributes = ExtendedAttributesCodec.Read(reader, ExtendedAttributesCodec.InlineSizeInBytesMax);
                break;
            case AttributeContentKey: fields.AttributeContent = ReadContent(reader); break;
            case FlagsKey: fields.Flags = (FileFlags)StrictCbor.ReadNumber(reader, (ulong)FileFlagSets.Kept); break;
            default: StrictCbor.SkipUnknown(reader, key, "Node"); break;
        }
    }

    private static void Validate(Node node)
    {
        bool isFile = node.Type == FileType.Regular;
        bool isDevice = node.Type is FileType.CharacterDevice or FileType.BlockDevice;
        Require(IsValidName(node.Name.Span), "a name that no directory entry can have");
        Require(node.Type is >= FileType.Regular and <= FileType.BlockDevice, "no type");
        Require(node.Mode is >= 0 and <= ModeMax, "a mode out of range");
        Require(node.UserName.Length <= OwnerNameSizeInBytesMax && !node.UserName.Span.Contains((byte)0), "no valid user name");
        Require(node.GroupName.Length <= OwnerNameSizeInBytesMax && !node.GroupName.Span.Contains((byte)0), "no valid group name");
        Require(node.ModifiedTime.Nanoseconds is >= 0 and < UnixTime.NanosecondsPerSecond, "no valid time");
        Require(node.ChangedTime.Nanoseconds is >= 0 and < UnixTime.NanosecondsPerSecond, "no valid time");
        Require(node.AccessedTime.Nanoseconds is >= 0 and < UnixTime.NanosecondsPerSecond, "no valid time");
        Require(node.SizeInBytes >= 0, "a negative size");
        Require(node.Content.Count <= InlinePiecesMax, "too long a content");
        Require(node.Remarks >= 0, "remarks out of range");
        Require(node.Subtree is not null == (node.Type == FileType.Directory), "a subtree on what is no directory, or none on one");
        Require(isFile || (node.Content.Count == 0 && node.ContentList is null && node.SizeInBytes == 0), "content on what is no file");
        Require(node.ContentList is null || node.Content.Count == 0, "content both inline and in a list");
        Require(node.DeviceNumber is not null == isDevice, "a device number on what is no device, or none on one");
        Require(
            node.Type == FileType.SymbolicLink ? IsValidLinkTarget(node.LinkTarget.Span) : node.LinkTarget.IsEmpty,
            "no valid link target, or one on what is no link");
        Require(node.HardLink is null || node.Type != FileType.Directory, "a hard link id on a directory");
        Require((node.Flags & ~FileFlagSets.Kept) == 0, "flags that no user can set");
        Require(isFile || node.Type == FileType.Directory || node.Flags == FileFlags.None, "flags on what can have none");
        ValidateAttributes(node);
        if (isFile && node.ContentList is null)
        {
            long total = 0;
            foreach (ContentPiece piece in node.Content)
            {
                Require(piece.SizeInBytes >= 1 && piece.SizeInBytes <= node.SizeInBytes - total, "a content longer than the file");
                total += piece.SizeInBytes;
            }
            Require(total == node.SizeInBytes, "a content shorter than the file");
        }
    }

    // The node itself holds what fits, and nothing else: so a set has one encoding.
    private static void ValidateAttributes(Node node)
    {
        if (node.ExtendedAttributes.Count > 0)
        {
            Require(node.ExtendedAttributeContent.Count == 0, "extended attributes both inline and in blobs");
            ExtendedAttributesCodec.Validate(node.ExtendedAttributes);
            Require(
                ExtendedAttributesCodec.SizeOf(node.ExtendedAttributes) <= ExtendedAttributesCodec.InlineSizeInBytesMax,
                "too many extended attributes to stand inline");
        }
        if (node.ExtendedAttributeContent.Count > 0)
        {
            Require(node.ExtendedAttributeContent.Count <= InlinePiecesMax, "extended attributes of too many pieces");
            long total = 0;
            foreach (ContentPiece piece in node.ExtendedAttributeContent)
            {
                Require(
                    piece.Id is not null && piece.SizeInBytes >= 1 && piece.SizeInBytes <= ExtendedAttributesCodec.SizeInBytesMax - total,
                    "a hole in its extended attributes, or too large ones");
                total += piece.SizeInBytes;
            }
            Require(total > ExtendedAttributesCodec.InlineSizeInBytesMax, "small extended attributes that do not stand inline");
        }
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new CorruptDataException($"A directory entry has {what}.");
        }
    }

    // The fields that a node is written with: one bit for each key.
    private static ulong KeysOf(Node node)
    {
        const ulong Always = 1UL << (int)NameKey | 1UL << (int)TypeKey | 1UL << (int)ModeKey | 1UL << (int)UserIdKey
            | 1UL << (int)GroupIdKey | 1UL << (int)ModifiedSecondsKey | 1UL << (int)ChangedSecondsKey | 1UL << (int)InodeKey
            | 1UL << (int)AccessedSecondsKey;
        return Always
            | If(!node.UserName.IsEmpty, UserNameKey)
            | If(!node.GroupName.IsEmpty, GroupNameKey)
            | If(node.ModifiedTime.Nanoseconds != 0, ModifiedNanosecondsKey)
            | If(node.ChangedTime.Nanoseconds != 0, ChangedNanosecondsKey)
            | If(node.Type == FileType.Regular, SizeKey)
            | If(node.Content.Count > 0, ContentKey)
            | If(node.ContentList is not null, ContentListKey)
            | If(node.Subtree is not null, SubtreeKey)
            | If(node.Type == FileType.SymbolicLink, LinkTargetKey)
            | If(node.HardLink is not null, HardLinkKey)
            | If(node.DeviceNumber is not null, DeviceNumberKey)
            | If(node.Remarks != NodeRemarks.None, RemarksKey)
            | If(node.AccessedTime.Nanoseconds != 0, AccessedNanosecondsKey)
            | If(node.ExtendedAttributes.Count > 0, AttributesKey)
            | If(node.ExtendedAttributeContent.Count > 0, AttributeContentKey)
            | If(node.Flags != FileFlags.None, FlagsKey);

        static ulong If(bool isPresent, uint key) => isPresent ? 1UL << (int)key : 0;
    }

    private static void WriteNumber(CborWriter writer, uint key, ulong value)
    {
        writer.WriteUInt32(key);
        writer.WriteUInt64(value);
    }

    private static void WriteBytes(CborWriter writer, uint key, ReadOnlySpan<byte> value)
    {
        writer.WriteUInt32(key);
        writer.WriteByteString(value);
    }

    private static void WritePieces(CborWriter writer, uint key, IReadOnlyList<ContentPiece> pieces)
    {
        writer.WriteUInt32(key);
        writer.WriteStartArray(pieces.Count);
        foreach (ContentPiece piece in pieces)
        {
            ContentPieceCodec.Write(writer, piece);
        }
        writer.WriteEndArray();
    }

    private static void WriteId(CborWriter writer, uint key, BlobId? id)
    {
        if (id is { } value)
        {
            writer.WriteUInt32(key);
            ContentPieceCodec.WriteId(writer, value);
        }
    }

    private static void WritePair(CborWriter writer, uint key, ulong first, ulong second)
    {
        writer.WriteUInt32(key);
        writer.WriteStartArray(2);
        writer.WriteUInt64(first);
        writer.WriteUInt64(second);
        writer.WriteEndArray();
    }

    // The nanoseconds' key follows the seconds' key, and the field is left out at 0.
    private static void WriteTime(CborWriter writer, uint secondsKey, UnixTime time)
    {
        writer.WriteUInt32(secondsKey);
        writer.WriteInt64(time.Seconds);
        if (time.Nanoseconds != 0)
        {
            WriteNumber(writer, secondsKey + 1, (ulong)time.Nanoseconds);
        }
    }

    private static int ReadNanoseconds(CborReader reader)
        => (int)StrictCbor.ReadNumber(reader, UnixTime.NanosecondsPerSecond - 1);

    private static BlobId ReadId(CborReader reader)
        => BlobId.Read(StrictCbor.ReadExactBytes(reader, Hash256.SizeInBytes));

    private static (ulong First, ulong Second) ReadPair(CborReader reader, ulong max)
    {
        if (StrictCbor.ReadArrayHeader(reader, 2) != 2)
        {
            throw new CorruptDataException("A pair without two members.");
        }
        ulong first = StrictCbor.ReadNumber(reader, max);
        ulong second = StrictCbor.ReadNumber(reader, max);
        reader.ReadEndArray();
        return (first, second);
    }

    private static ContentPiece[] ReadContent(CborReader reader)
    {
        int count = StrictCbor.ReadArrayHeader(reader, InlinePiecesMax);
        ContentPiece[] pieces = new ContentPiece[count];
        for (int i = 0; i < count; i++)
        {
            pieces[i] = ContentPieceCodec.Read(reader);
        }
        reader.ReadEndArray();
        return pieces;
    }

    private struct NodeFields
    {
        public ulong Keys;
        public ByteName Name;
        public FileType Type;
        public int Mode;
        public uint UserId;
        public uint GroupId;
        public ByteName UserName;
        public ByteName GroupName;
        public long ModifiedSeconds;
        public int ModifiedNanoseconds;
        public long ChangedSeconds;
        public int ChangedNanoseconds;
        public ulong Inode;
        public long SizeInBytes;
        public ContentPiece[]? Content;
        public BlobId? ContentList;
        public BlobId? Subtree;
        public ByteName LinkTarget;
        public HardLinkId? HardLink;
        public DeviceNumber? DeviceNumber;
        public NodeRemarks Remarks;
        public long AccessedSeconds;
        public int AccessedNanoseconds;
        public ExtendedAttribute[]? Attributes;
        public ContentPiece[]? AttributeContent;
        public FileFlags Flags;
    }
}
