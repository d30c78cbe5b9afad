using System.Formats.Cbor;
using CsCheck;
using Ebla.Primitives;
using Ebla.Trees;
using Ebla.Tests.Packs;

namespace Ebla.Tests.Trees;

/// <summary>Nodes of every kind.</summary>
internal static class TestNode
{
    public static Gen<Node> Any { get; } = Gen.Select(
        Gen.Int[0, int.MaxValue], Gen.Enum<FileType>(), Gen.Int[0, 0xFFF], Gen.UInt,
        (seed, type, mode, user) => Make(seed, type) with { Mode = mode, UserId = user, GroupId = ~user });

    /// <summary>A node with fields that depend on the seed.</summary>
    public static Node Make(int seed, FileType type)
    {
        Random random = new(seed);
        ContentPiece[] pieces = type == FileType.Regular && random.Next(3) > 0
            ? [.. Enumerable.Range(0, random.Next(1, NodeCodec.InlinePiecesMax + 1)).Select(_ => Piece(random))]
            : [];
        bool hasList = type == FileType.Regular && pieces.Length == 0 && random.Next(2) == 0;
        bool hasAttributeContent = random.Next(8) == 0;
        ExtendedAttribute[] attributes = hasAttributeContent || random.Next(2) == 0 ? [] : Attributes(random, 6, 80);
        return new Node
        {
            Name = Name(random, 255),
            Type = type,
            Mode = 0x1A4,
            UserName = random.Next(2) == 0 ? default : Name(random, 256),
            GroupName = random.Next(2) == 0 ? default : Name(random, 256),
            ModifiedTime = Time(random),
            ChangedTime = Time(random),
            Inode = (ulong)random.NextInt64() * 2 + 1,
            SizeInBytes = hasList ? random.NextInt64() : pieces.Sum(piece => piece.SizeInBytes),
            Content = pieces,
            ContentList = hasList ? Id(random) : null,
            Subtree = type == FileType.Directory ? Id(random) : null,
            LinkTarget = type == FileType.SymbolicLink ? Name(random, 4096) : default,
            HardLink = type != FileType.Directory && random.Next(2) == 0
                ? new HardLinkId((ulong)random.NextInt64(), ulong.MaxValue - (ulong)random.Next())
                : null,
            DeviceNumber = type is FileType.CharacterDevice or FileType.BlockDevice
                ? new DeviceNumber((uint)random.Next(), uint.MaxValue)
                : null,
            Remarks = (NodeRemarks)random.Next(8),
            AccessedTime = Time(random),
            ExtendedAttributes = attributes,
            ExtendedAttributeContent = hasAttributeContent ? AttributePieces(random) : [],
            Flags = type is FileType.Regular or FileType.Directory ? (FileFlags)random.Next() & FileFlagSets.Kept : FileFlags.None,
        };
    }

    /// <summary>Sorted attributes whose encoding has at most about so many bytes.</summary>
    public static ExtendedAttribute[] Attributes(Random random, int countMax, int valueSizeInBytesMax)
    {
        SortedDictionary<ByteName, ExtendedAttribute> attributes = [];
        for (int i = random.Next(1, countMax + 1); i > 0; i--)
        {
            byte[] value = new byte[random.Next(3) == 0 ? 0 : random.Next(valueSizeInBytesMax + 1)];
            random.NextBytes(value);
            ByteName name = Name(random, 60);
            attributes[name] = new ExtendedAttribute(name, value);
        }
        return [.. attributes.Values];
    }

    public static byte[] Encode(Node node)
    {
        CborWriter writer = StrictCbor.CreateWriter();
        NodeCodec.Write(writer, node);
        return writer.Encode();
    }

    public static Node Decode(byte[] encoding) => StrictCbor.Decode(encoding, "Node", NodeCodec.Read);

    /// <summary>A tree blob of these encoded items.</summary>
    public static byte[] Blob(TreeBlobType type, params byte[][] items)
        => [.. TreeBlobCodec.EncodePrefix(type, items.Length), .. items.SelectMany(item => item)];

    public static bool AreEqual(Node left, Node right)
        => left.Content.SequenceEqual(right.Content)
            && left.ExtendedAttributes.SequenceEqual(right.ExtendedAttributes)
            && left.ExtendedAttributeContent.SequenceEqual(right.ExtendedAttributeContent)
            && left with
            {
                Content = right.Content,
                ExtendedAttributes = right.ExtendedAttributes,
                ExtendedAttributeContent = right.ExtendedAttributeContent,
            } == right;

    // More than fits inline, and no more than is allowed in all.
    private static ContentPiece[] AttributePieces(Random random)
        => [.. Enumerable.Range(0, random.Next(1, NodeCodec.InlinePiecesMax + 1))
            .Select(_ => new ContentPiece(Id(random), random.Next(1025, (512 << 10) + 1)))];

    private static ContentPiece Piece(Random random) => random.Next(4) == 0
        ? new ContentPiece(null, random.NextInt64(1, 1L << 50))
        : new ContentPiece(Id(random), random.Next(1, 32 << 20));

    private static BlobId Id(Random random) => BlobId.Read(PackFixture.Noise(random.Next(), Hash256.SizeInBytes));

    private static UnixTime Time(Random random)
        => new(random.NextInt64(long.MinValue, long.MaxValue), random.Next(2) == 0 ? 0 : random.Next(1, 1_000_000_000));

    // Any bytes but 0 and '/'.
    private static ByteName Name(Random random, int lengthMax)
    {
        byte[] name = new byte[random.Next(3) == 0 ? lengthMax : random.Next(1, lengthMax + 1)];
        random.NextBytes(name);
        for (int i = 0; i < name.Length; i++)
        {
            name[i] = name[i] is 0 or (byte)'/' or (byte)'.' ? (byte)'x' : name[i];
        }
        return new ByteName(name);
    }
}
