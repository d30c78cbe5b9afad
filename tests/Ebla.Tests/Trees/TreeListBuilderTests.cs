using System.Formats.Cbor;
using Ebla.Hashing;
using Ebla.Primitives;
using Ebla.Trees;
using Xunit;

namespace Ebla.Tests.Trees;

public sealed class TreeListBuilderTests
{
    private readonly Dictionary<BlobId, TreeBlobDraft> _stored = [];
    private readonly Dictionary<ByteName, (Node Node, byte[] Bytes)> _encodings = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(3000)]
    [InlineData(100_000)]
    public async Task Nodes_come_back_in_order(int count)
    {
        List<Node> nodes = [.. Enumerable.Range(0, count).Select(i => File($"file {i:d7}", i))];

        BlobId root = await StoreAsync(nodes);

        List<Node> read = [];
        int depth = Walk(root, 0, read, null);
        Assert.True(nodes.Select(node => (node.Name, node.Inode)).SequenceEqual(read.Select(node => (node.Name, node.Inode))));
        Assert.InRange(depth, 0, 2);
        Assert.InRange(_stored.Count, 1, 1 + count / 50);
    }

    [Theory]
    [InlineData(33)]
    [InlineData(100_000)]
    public async Task Pieces_come_back_in_order(int count)
    {
        List<ContentPiece> pieces = [.. Enumerable.Range(0, count).Select(i =>
            new ContentPiece(i % 50 == 7 ? null : IdOf(i), 1000 + i))];
        TreeListBuilder builder = new(TreeBlobType.Pieces, StoreAsync);
        foreach (ContentPiece piece in pieces)
        {
            CborWriter writer = StrictCbor.CreateWriter(64);
            ContentPieceCodec.Write(writer, piece);
            ShortId[] links = piece.Id is { } id ? [ShortId.Of(id)] : [];
            await builder.AddAsync(writer.Encode(), links, default, (ulong)piece.SizeInBytes, piece.Id?.Value.W3 ?? 1, Token);
        }
        BlobId root = await builder.FinishAsync(Token);

        List<ContentPiece> read = [];
        Assert.InRange(Walk(root, 0, null, read), 0, 2);
        Assert.True(pieces.SequenceEqual(read));
    }

    [Fact]
    public async Task A_change_to_one_of_a_hundred_thousand_nodes_costs_only_a_few_blobs()
    {
        List<Node> nodes = [.. Enumerable.Range(0, 100_000).Select(i => File($"file {i:d7}", i))];
        _ = await StoreAsync(nodes);
        Assert.InRange(_stored.Count, 50, 2000);
        Random random = new(1);
        for (int round = 0; round < 2; round++)
        {
            int place = random.Next(nodes.Count);
            List<Node> changed = [.. nodes];
            changed[place] = File($"file {place:d7}", 1_000_000 + round);
            Assert.InRange(await NewBlobsAsync(changed), 1, 4);
            List<Node> inserted = [.. nodes];
            inserted.Insert(place, File($"file {place - 1:d7} and a half", 5));
            Assert.InRange(await NewBlobsAsync(inserted), 1, 6);
            List<Node> removed = [.. nodes];
            removed.RemoveAt(place);
            Assert.InRange(await NewBlobsAsync(removed), 1, 6);
        }
    }

    [Fact]
    public async Task Items_that_never_cut_are_cut_by_size_and_none_is_lost()
    {
        // Every cut value is one that does not cut: the adversary's list.
        TreeListBuilder builder = new(TreeBlobType.Nodes, StoreAsync);
        for (int i = 0; i < 20_000; i++)
        {
            Node node = File($"file {i:d7}", i);
            await builder.AddAsync(TestNode.Encode(node), LinksOf(node), node.Name, 1, 1, Token);
        }
        List<Node> read = [];
        Assert.Equal(1, Walk(await builder.FinishAsync(Token), 0, read, null));
        Assert.Equal(20_000, read.Count);
        Assert.All(_stored.Values, draft => Assert.InRange(draft.Plaintext.Length, 1, TreeListBuilder.CutSizeInBytesMax + 16));
    }

    private async Task<int> NewBlobsAsync(List<Node> nodes)
    {
        HashSet<BlobId> before = [.. _stored.Keys];
        _ = await StoreAsync(nodes);
        return _stored.Keys.Count(id => !before.Contains(id));
    }

    private async Task<BlobId> StoreAsync(List<Node> nodes)
    {
        TreeListBuilder builder = new(TreeBlobType.Nodes, StoreAsync);
        foreach (Node node in nodes)
        {
            ulong cutValue = Blake3.Hash(node.Name.Span).W3;
            await builder.AddAsync(EncodingOf(node), LinksOf(node), node.Name, 1, cutValue, Token);
        }
        return await builder.FinishAsync(Token);
    }

    private byte[] EncodingOf(Node node)
    {
        if (!_encodings.TryGetValue(node.Name, out (Node Node, byte[] Bytes) encoding) || !ReferenceEquals(encoding.Node, node))
        {
            encoding = (node, TestNode.Encode(node));
            _encodings[node.Name] = encoding;
        }
        return encoding.Bytes;
    }

    private ValueTask<BlobId> StoreAsync(TreeBlobDraft draft, CancellationToken cancellationToken)
    {
        BlobId id = new(Blake3.Hash(draft.Plaintext.Span));
        _stored[id] = draft;
        return ValueTask.FromResult(id);
    }

    // Returns the number of levels above the leaves; checks links, totals and first names on the way.
    private int Walk(BlobId id, int depth, List<Node>? nodes, List<ContentPiece>? pieces)
    {
        Assert.InRange(depth, 0, TreeBlobCodec.DepthMax);
        TreeBlobDraft draft = _stored[id];
        Assert.InRange(draft.Plaintext.Length, 3, TreeBlobCodec.SizeInBytesMax);
        TreeBlob blob = TreeBlobCodec.Decode(draft.Plaintext);
        nodes?.AddRange(blob.Nodes);
        pieces?.AddRange(blob.Pieces);
        IEnumerable<ShortId> links = blob.Nodes.SelectMany(LinksOf)
            .Concat(blob.Pieces.Where(piece => piece.Id is not null).Select(piece => ShortId.Of(piece.Id!.Value)))
            .Concat(blob.Branches.Select(branch => ShortId.Of(branch.Id)));
        Assert.True(links.Distinct().SequenceEqual(draft.Links));
        int deepest = depth;
        foreach (TreeBranch branch in blob.Branches)
        {
            int nodesBefore = nodes?.Count ?? 0;
            int piecesBefore = pieces?.Count ?? 0;
            deepest = Math.Max(deepest, Walk(branch.Id, depth + 1, nodes, pieces));
            if (nodes is not null)
            {
                Assert.Equal(branch.FirstName, nodes[nodesBefore].Name);
                Assert.Equal(branch.Total, (ulong)(nodes.Count - nodesBefore));
            }
            else
            {
                Assert.Equal(branch.Total, (ulong)pieces!.Skip(piecesBefore).Sum(piece => piece.SizeInBytes));
            }
        }
        return deepest;
    }

    private static BlobId IdOf(int i) => new(Blake3.Hash([(byte)(i & 255), (byte)((i >> 8) & 255), (byte)(i >> 16)]));

    private static ShortId[] LinksOf(Node node) => [ShortId.Of(node.Content[0].Id!.Value)];

    private static Node File(string name, int seed) => new()
    {
        Name = ByteName.FromText(name),
        Type = FileType.Regular,
        Mode = 0x1A4,
        Inode = (ulong)seed,
        SizeInBytes = 5,
        Content = [new ContentPiece(IdOf(seed & 0x7F), 5)],
    };
}
