using System.Formats.Cbor;
using CsCheck;
using Ebla.Primitives;
using Ebla.Tests.Packs;
using Ebla.Trees;
using Xunit;

namespace Ebla.Tests.Trees;

public sealed class NodeCodecTests
{
    private static readonly Node Plain = new()
    {
        Name = ByteName.FromText("a"),
        Type = FileType.Fifo,
        Mode = 0x1ED,
        ModifiedTime = new UnixTime(-5, 7),
        ChangedTime = new UnixTime(1_000_000_000, 0),
        Inode = 3,
    };

    [Fact]
    public void Every_node_reads_back_as_written_and_is_written_the_same_again()
        => TestNode.Any.Sample(
            node =>
            {
                byte[] encoding = TestNode.Encode(node);
                Node read = TestNode.Decode(encoding);
                return TestNode.AreEqual(node, read) && TestNode.Encode(read).AsSpan().SequenceEqual(encoding);
            },
            iter: 2000);

    [Fact]
    public void Every_truncation_and_every_flipped_bit_is_refused_or_gives_another_node()
    {
        foreach (FileType type in Enum.GetValues<FileType>())
        {
            byte[] good = TestNode.Encode(TestNode.Make((int)type, type));
            for (int length = 0; length < good.Length; length++)
            {
                _ = Assert.Throws<CorruptDataException>(() => TestNode.Decode(good[..length]));
            }
            for (int bit = 0; bit < Math.Min(good.Length, 700) * 8; bit++)
            {
                byte[] bad = [.. good];
                bad[bit / 8] ^= (byte)(1 << (bit % 8));
                try
                {
                    // What still reads is another node, in the only form in which it can be written.
                    Assert.Equal(bad, TestNode.Encode(TestNode.Decode(bad)));
                }
                catch (EblaException exception)
                {
                    Assert.True(exception is CorruptDataException or UnsupportedFormatException);
                }
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("2e")] // .
    [InlineData("2e2e")] // ..
    [InlineData("612f62")] // a/b
    [InlineData("2f")]
    [InlineData("6100")]
    [InlineData("00")]
    public void A_name_that_no_entry_can_have_is_refused_by_reader_and_writer(string hex)
        => RefuseName(Convert.FromHexString(hex));

    [Fact]
    public void A_name_of_256_bytes_is_refused_and_one_of_255_is_not()
    {
        RefuseName([.. Enumerable.Repeat((byte)'n', 256)]);
        byte[] longest = [.. Enumerable.Repeat((byte)'n', 255)];
        Node node = Plain with { Name = new ByteName(longest) };
        Assert.True(TestNode.AreEqual(node, TestNode.Decode(TestNode.Encode(node))));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(21)]
    public void A_node_without_a_field_that_every_node_has_is_refused(uint key)
        => _ = Assert.Throws<CorruptDataException>(() => TestNode.Decode(Edit(Plain, fields => Assert.True(fields.Remove(key)))));

    [Theory]
    [InlineData(9, "00")] // no nanoseconds
    [InlineData(6, "40")] // no user name
    [InlineData(13, "00")] // a size on what is no file
    [InlineData(14, "80")] // no pieces
    [InlineData(20, "00")] // no remarks
    [InlineData(9, "1a3b9aca00")] // a whole second of nanoseconds
    [InlineData(3, "191000")] // a 13th permission bit
    [InlineData(2, "00")]
    [InlineData(2, "08")]
    [InlineData(2, "02")] // a directory without subtree
    [InlineData(2, "03")] // a link without target
    [InlineData(2, "06")] // a device without number
    [InlineData(17, "4161")] // a target on a pipe
    [InlineData(19, "820101")] // a device number on a pipe
    [InlineData(18, "8101")]
    [InlineData(6, "4372006f")] // a zero byte in a user name
    [InlineData(12, "20")] // a negative inode
    [InlineData(12, "1b0000000000000003")] // a number longer than it needs to be
    [InlineData(12, "1803")]
    [InlineData(12, "fb3ff0000000000000")] // a float
    [InlineData(1, "5f4161ff")] // an indefinite string
    [InlineData(1, "6161")] // a text
    [InlineData(1, "5b7fffffffffffffff")] // a huge declared length
    [InlineData(14, "9b7fffffffffffffff")]
    [InlineData(14, "9f ff")]
    [InlineData(22, "00")] // no nanoseconds
    [InlineData(22, "1a3b9aca00")]
    [InlineData(23, "80")] // no attributes
    [InlineData(23, "81 80")] // an attribute without members
    [InlineData(23, "81 81 4161")]
    [InlineData(23, "81 83 4161 40 40")]
    [InlineData(23, "81 82 40 4161")] // without a name
    [InlineData(23, "81 82 426100 40")] // a zero byte in a name
    [InlineData(23, "81 82 4161 6162")] // a text
    [InlineData(23, "82 82 4162 40 82 4161 40")] // not in order
    [InlineData(23, "82 82 4161 40 82 4161 40")] // one twice
    [InlineData(23, "9f 82 4161 40 ff")]
    [InlineData(23, "9b7fffffffffffffff")]
    [InlineData(24, "80")] // no pieces
    [InlineData(24, "81 82 40 190800")] // a hole
    [InlineData(25, "00")] // no flags
    [InlineData(25, "10")] // flags on a pipe
    public void A_field_that_a_writer_would_not_write_is_refused(uint key, string valueHex)
        => _ = Assert.Throws<CorruptDataException>(() => TestNode.Decode(
            Edit(Plain, fields => fields[key] = Convert.FromHexString(valueHex.Replace(" ", "", StringComparison.Ordinal)))));

    [Fact]
    public void Keys_out_of_order_or_twice_and_maps_of_indefinite_length_are_refused()
    {
        byte[] good = TestNode.Encode(Plain);
        SortedDictionary<uint, byte[]> fields = Fields(Plain);
        List<KeyValuePair<uint, byte[]>> list = [.. fields];
        Assert.Equal(good, Raw(list));
        for (int i = 1; i < list.Count; i++)
        {
            List<KeyValuePair<uint, byte[]>> swapped = [.. list];
            (swapped[i - 1], swapped[i]) = (swapped[i], swapped[i - 1]);
            _ = Assert.Throws<CorruptDataException>(() => TestNode.Decode(Raw(swapped)));
            List<KeyValuePair<uint, byte[]>> doubled = [.. list[..i], list[i - 1], .. list[i..]];
            _ = Assert.Throws<CorruptDataException>(() => TestNode.Decode(Raw(doubled)));
        }
        byte[] indefinite = [0xBF, .. good[1..], 0xFF];
        _ = Assert.Throws<CorruptDataException>(() => TestNode.Decode(indefinite));
        _ = Assert.Throws<CorruptDataException>(() => TestNode.Decode([.. good, 0]));
    }

    [Fact]
    public void Unknown_fields_from_64_on_are_skipped_and_below_refused()
    {
        byte[] nested = [0x82, 0xA1, 0x01, 0x42, 1, 2, 0x61, 0x78];
        foreach (uint key in (uint[])[64, 100, 70_000, uint.MaxValue])
        {
            Node read = TestNode.Decode(Edit(Plain, fields => fields[key] = nested));
            Assert.True(TestNode.AreEqual(Plain, read));
        }
        foreach (uint key in (uint[])[0, 26, 63])
        {
            _ = Assert.Throws<UnsupportedFormatException>(
                () => TestNode.Decode(Edit(Plain, fields => fields[key] = nested)));
        }
    }

    [Fact]
    public void Content_that_does_not_add_up_to_the_size_is_refused_by_reader_and_writer()
    {
        BlobId id = BlobId.Read(PackFixture.Noise(1, 32));
        Node file = Plain with { Type = FileType.Regular, SizeInBytes = 10, Content = [new(id, 4), new(null, 6)] };
        Assert.True(TestNode.AreEqual(file, TestNode.Decode(TestNode.Encode(file))));
        foreach (Node bad in (Node[])[
            file with { SizeInBytes = 9 }, file with { SizeInBytes = 11 }, file with { SizeInBytes = 0 },
            file with { ContentList = id }, file with { Content = [] },
            file with { Content = [new(id, 10), new(id, 0)] },
            file with { Content = [new(null, long.MaxValue), new(null, long.MaxValue), new(id, 12)] },
            file with { SizeInBytes = 33, Content = [.. Enumerable.Repeat(new ContentPiece(null, 1), 33)] },
            Plain with { Subtree = id }, Plain with { LinkTarget = ByteName.FromText("x") },
            Plain with { Type = FileType.SymbolicLink, LinkTarget = new ByteName([65, 0]) },
            Plain with { Type = FileType.SymbolicLink, LinkTarget = new ByteName(new byte[4097].Select(_ => (byte)1).ToArray()) },
            Plain with { Mode = 0x1000 },
            Plain with { Type = FileType.Directory, Subtree = id, HardLink = new HardLinkId(1, 1) }])
        {
            _ = Assert.Throws<CorruptDataException>(() => TestNode.Encode(bad));
        }
        byte[] size = [0x0B];
        _ = Assert.Throws<CorruptDataException>(() => TestNode.Decode(Edit(file, fields => fields[13] = size)));
    }

    [Fact]
    public void Extended_attributes_stand_inline_exactly_if_they_fit()
    {
        ExtendedAttribute Of(int size) => new(ByteName.FromText("user.a"), new byte[size]);
        int fitting = ExtendedAttributesCodec.InlineSizeInBytesMax - 12;
        Assert.Equal(ExtendedAttributesCodec.InlineSizeInBytesMax, ExtendedAttributesCodec.SizeOf([Of(fitting)]));
        Node node = Plain with { ExtendedAttributes = [Of(fitting)] };
        Assert.True(TestNode.AreEqual(node, TestNode.Decode(TestNode.Encode(node))));
        BlobId id = BlobId.Read(PackFixture.Noise(1, 32));
        ContentPiece least = new(id, ExtendedAttributesCodec.InlineSizeInBytesMax + 1);
        Node large = Plain with { ExtendedAttributeContent = [least] };
        Assert.True(TestNode.AreEqual(large, TestNode.Decode(TestNode.Encode(large))));
        foreach (Node bad in (Node[])[
            Plain with { ExtendedAttributes = [Of(fitting + 1)] },
            Plain with { ExtendedAttributes = [Of(1)], ExtendedAttributeContent = [least] },
            Plain with { ExtendedAttributeContent = [least with { SizeInBytes = ExtendedAttributesCodec.InlineSizeInBytesMax }] },
            Plain with { ExtendedAttributeContent = [least with { SizeInBytes = ExtendedAttributesCodec.SizeInBytesMax + 1 }] },
            Plain with { ExtendedAttributeContent = [least with { Id = null }] },
            Plain with { ExtendedAttributeContent = [.. Enumerable.Repeat(least, 33)] },
            Plain with { Flags = FileFlags.Immutable },
            Plain with { Type = FileType.Directory, Subtree = id, Flags = (FileFlags)0x8_0000 }])
        {
            _ = Assert.Throws<CorruptDataException>(() => TestNode.Encode(bad));
        }
    }

    private static void RefuseName(byte[] name)
    {
        _ = Assert.Throws<CorruptDataException>(() => TestNode.Encode(Plain with { Name = new ByteName(name) }));
        CborWriter writer = new();
        writer.WriteByteString(name);
        _ = Assert.Throws<CorruptDataException>(() => TestNode.Decode(Edit(Plain, fields => fields[1] = writer.Encode())));
    }

    private static byte[] Edit(Node node, Action<SortedDictionary<uint, byte[]>> edit)
    {
        SortedDictionary<uint, byte[]> fields = Fields(node);
        edit(fields);
        return Raw([.. fields]);
    }

    private static SortedDictionary<uint, byte[]> Fields(Node node)
    {
        CborReader reader = new(TestNode.Encode(node));
        int count = reader.ReadStartMap()!.Value;
        SortedDictionary<uint, byte[]> fields = [];
        for (int i = 0; i < count; i++)
        {
            fields.Add(reader.ReadUInt32(), reader.ReadEncodedValue().ToArray());
        }
        return fields;
    }

    private static byte[] Raw(IReadOnlyList<KeyValuePair<uint, byte[]>> fields)
    {
        List<byte> bytes = [(byte)(0xA0 | fields.Count)];
        Assert.True(fields.Count < 24);
        foreach ((uint key, byte[] value) in fields)
        {
            CborWriter writer = new();
            writer.WriteUInt32(key);
            bytes.AddRange(writer.Encode());
            bytes.AddRange(value);
        }
        return [.. bytes];
    }
}
