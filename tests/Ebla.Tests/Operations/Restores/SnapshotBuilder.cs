using System.Formats.Cbor;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;
using Ebla.Trees;
using Xunit;

namespace Ebla.Tests.Operations.Restores;

/// <summary>Stores snapshots that no backup would make: any nodes, in any order, under any names.</summary>
internal sealed class SnapshotBuilder : IAsyncDisposable
{
    private readonly Repository _repository;
    private readonly UploadSession _session;
    private readonly Dictionary<FrameKind, FrameDraft> _drafts = [];

    private SnapshotBuilder(Repository repository, UploadSession session)
    {
        _repository = repository;
        _session = session;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<SnapshotBuilder> StartAsync(Repository repository)
        => new(repository, await UploadSession.StartAsync(repository, new UploadOptions(), Token));

    public static Node File(string name, params ContentPiece[] content) => new()
    {
        Name = ByteName.FromText(name),
        Type = FileType.Regular,
        Mode = 0x1A4,
        SizeInBytes = content.Sum(piece => piece.SizeInBytes),
        Content = content,
    };

    public static Node Folder(string name, BlobId tree) => new()
    {
        Name = ByteName.FromText(name),
        Type = FileType.Directory,
        Mode = 0x1ED,
        Subtree = tree,
    };

    /// <summary>Stores a chunk of a file.</summary>
    public async Task<ContentPiece> ChunkAsync(string text)
    {
        byte[] content = System.Text.Encoding.UTF8.GetBytes(text);
        return new ContentPiece(await StoreAsync(FrameKind.File, content, []), content.Length);
    }

    /// <summary>Stores a directory as one blob, with the nodes as they come.</summary>
    public async Task<BlobId> TreeAsync(params Node[] nodes)
    {
        byte[] items = [.. nodes.SelectMany(Encode)];
        List<ShortId> links = [];
        foreach (Node node in nodes)
        {
            links.AddRange(node.ExtendedAttributeContent.Select(piece => ShortId.Of(piece.Id!.Value)));
            links.AddRange(node.Content.Where(piece => piece.Id is not null).Select(piece => ShortId.Of(piece.Id!.Value)));
            if (node.Subtree is { } tree)
            {
                links.Add(ShortId.Of(tree));
            }
        }
        return await StoreAsync(FrameKind.Tree, [.. TreeBlobCodec.EncodePrefix(TreeBlobType.Nodes, nodes.Length), .. items], links);
    }

    public async Task<ObjectId> CommitAsync(BlobId root, int sequence = 1)
    {
        await FlushAsync(FrameKind.File);
        await FlushAsync(FrameKind.Tree);
        return await _session.CommitAsync(
            _ => new Snapshot
            {
                Root = root,
                Writer = _repository.Keys.Member.Id,
                Sequence = (ulong)sequence,
                Time = new UnixTime(sequence, 0),
                Host = ByteName.FromText("hostile"),
                Paths = [ByteName.FromText("/")],
            },
            Token);
    }

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    // The codec does not write what it would not read. The name is the first field, so it is the first place where its bytes stand.
    private static byte[] Encode(Node node)
    {
        byte[] standIn = new byte[node.Name.Length];
        Array.Fill(standIn, (byte)0xF7);
        CborWriter writer = StrictCbor.CreateWriter();
        NodeCodec.Write(writer, node with { Name = new ByteName(standIn) });
        byte[] encoding = writer.Encode();
        node.Name.Span.CopyTo(encoding.AsSpan(encoding.AsSpan().IndexOf(standIn)));
        return encoding;
    }

    private async Task FlushAsync(FrameKind kind)
    {
        if (_drafts.Remove(kind, out FrameDraft? draft))
        {
            await _session.AddAsync(draft, Token);
        }
    }

    private async Task<BlobId> StoreAsync(FrameKind kind, byte[] content, List<ShortId> links)
    {
        BlobId id = FrameOpener.IdOf(_repository.Keys, kind, content);
        if (_session.TryClaim(id))
        {
            if (!_drafts.TryGetValue(kind, out FrameDraft? draft) || !draft.TryAdd(id, content, links))
            {
                await FlushAsync(kind);
                draft = _drafts[kind] = new FrameDraft(kind, 1 << 18);
                Assert.True(draft.TryAdd(id, content, links));
            }
        }
        return id;
    }
}
