using System.Diagnostics;
using System.Formats.Cbor;
using Ebla.Primitives;
using Ebla.Tests.Packs;
using Ebla.Trees;
using Xunit;

namespace Ebla.Tests.Trees;

public sealed class TreeBlobCodecTests
{
    private static readonly BlobId Id = BlobId.Read(PackFixture.Noise(1, 32));

    [Fact]
    public void Nodes_read_back_with_their_own_encodings_unknown_fields_included()
    {
        byte[] first = TestNode.Encode(Named("a"));
        byte[] second = [.. TestNode.Encode(Named("b")), 0x18, 0x40, 0x43, 1, 2, 3]; // key 64
        second[0]++;
        TreeBlob blob = TreeBlobCodec.Decode(TestNode.Blob(TreeBlobType.Nodes, first, second));

        Assert.Equal(2, blob.Nodes.Count);
        Assert.Equal(first, blob.EncodingOf(0).ToArray());
        Assert.Equal(second, blob.EncodingOf(1).ToArray());
        Assert.Empty(TreeBlobCodec.Decode(TestNode.Blob(TreeBlobType.Nodes)).Nodes);
    }

    [Fact]
    public void Names_out_of_order_or_twice_are_refused()
    {
        byte[][] nodes = [.. ((string[])["a", "a\u0001", "b", "ba"]).Select(name => TestNode.Encode(Named(name)))];
        Assert.Equal(4, TreeBlobCodec.Decode(TestNode.Blob(TreeBlobType.Nodes, nodes)).Nodes.Count);
        for (int i = 1; i < nodes.Length; i++)
        {
            Refuse(TestNode.Blob(TreeBlobType.Nodes, nodes[i], nodes[i - 1]));
            Refuse(TestNode.Blob(TreeBlobType.Nodes, nodes[i], nodes[i]));
        }
    }

    [Fact]
    public void Branches_out_of_order_without_name_or_content_are_refused()
    {
        byte[] a = Branch("a", 1);
        byte[] b = Branch("b", 1);
        byte[] unnamed = Branch("", 1);
        Assert.Equal(2, TreeBlobCodec.Decode(TestNode.Blob(TreeBlobType.NodeBranches, a, b)).Branches.Count);
        Assert.Equal(2, TreeBlobCodec.Decode(TestNode.Blob(TreeBlobType.PieceBranches, unnamed, unnamed)).Branches.Count);
        Refuse(TestNode.Blob(TreeBlobType.NodeBranches, b, a));
        Refuse(TestNode.Blob(TreeBlobType.NodeBranches, a, a));
        Refuse(TestNode.Blob(TreeBlobType.NodeBranches, unnamed));
        Refuse(TestNode.Blob(TreeBlobType.NodeBranches, Branch("x/y", 1)));
        Refuse(TestNode.Blob(TreeBlobType.NodeBranches, Branch("a", 0)));
        Refuse(TestNode.Blob(TreeBlobType.PieceBranches, a));
        Refuse(TestNode.Blob(TreeBlobType.PieceBranches, Branch("", ulong.MaxValue)));
        Refuse(TestNode.Blob(TreeBlobType.PieceBranches));
        Refuse(TestNode.Blob(TreeBlobType.NodeBranches));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(23)]
    public void A_type_that_is_not_known_is_refused_as_such(int type)
        => _ = Assert.Throws<UnsupportedFormatException>(() => TreeBlobCodec.Decode(TestNode.Blob((TreeBlobType)type)));

    [Fact]
    public void Hostile_blobs_are_refused_fast_and_without_memory()
    {
        byte[] emptyMaps = Repeat(TreeBlobType.Nodes, 0xA0);
        byte[] emptyArrays = Repeat(TreeBlobType.Pieces, 0x80);
        byte[] emptyBranches = Repeat(TreeBlobType.NodeBranches, 0x80);
        byte[] deep = Deep(500_000, close: true);
        byte[] endless = Deep(500_000, close: false);
        byte[] hugeCount = [0x82, 1, 0x9B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        byte[] manyItems = [0x82, 1, 0x9A, 0, 1, 0, 1, .. new byte[70_000]];
        byte[] indefinite = [0x9F, 1, 0x80, 0xFF];
        byte[] tooLarge = new byte[TreeBlobCodec.SizeInBytesMax + 1];
        Stopwatch watch = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (byte[] hostile in (byte[][])[
            emptyMaps, emptyArrays, emptyBranches, deep, endless, hugeCount, manyItems, indefinite, tooLarge, [], [0x82], [0x82, 1], [1]])
        {
            Refuse(hostile);
        }
        // Nesting is no crime in a field that this version skips, as long as the CBOR reader allows it: 64 levels in all.
        Assert.Single(TreeBlobCodec.Decode(Deep(50, close: true)).Nodes);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200 << 20);

        static byte[] Repeat(TreeBlobType type, byte item)
            => [.. TreeBlobCodec.EncodePrefix(type, TreeBlobCodec.ItemsMax), .. Enumerable.Repeat(item, TreeBlobCodec.ItemsMax)];

        static byte[] Deep(int depth, bool close)
        {
            byte[] node = [.. TestNode.Encode(Named("a")), 0x18, 0x40, .. Enumerable.Repeat((byte)0x81, depth), .. close ? new byte[1] : []];
            node[0]++;
            return TestNode.Blob(TreeBlobType.Nodes, node);
        }
    }

    private static Node Named(string name) => new()
    {
        Name = ByteName.FromText(name),
        Type = FileType.Socket,
        Mode = 0x1ED,
    };

    private static byte[] Branch(string name, ulong total)
    {
        CborWriter writer = StrictCbor.CreateWriter();
        TreeBlobCodec.WriteBranch(writer, new TreeBranch(ByteName.FromText(name), Id, total));
        return writer.Encode();
    }

    private static void Refuse(byte[] blob) => Assert.Throws<CorruptDataException>(() => TreeBlobCodec.Decode(blob));
}
