using System.Text;
using Ebla.Encryption;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Notes;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Snapshots;
using Ebla.Tests.Notes;
using Ebla.Tests.Packs;
using Ebla.Tests.Snapshots;
using Ebla.Tests.Trees;
using Ebla.Trees;
using Xunit;

namespace Ebla.Tests.Golden;

/// <summary>
/// Pins the format below the encryption: golden-format.txt holds one line per stored form. UPDATE_SNAPSHOTS=1 rewrites it; that is a
/// change of the format. Long forms stand as their length and BLAKE3.
/// </summary>
public sealed class GoldenFormatTests
{
    private const int LineSizeMax = 8000;

    private static string GoldenPath
    {
        get
        {
            string? folder = AppContext.BaseDirectory;
            while (folder is not null && !File.Exists(Path.Combine(folder, "Ebla.slnx")))
            {
                folder = Path.GetDirectoryName(folder);
            }
            Assert.NotNull(folder);
            return Path.Combine(folder, "tests", "Ebla.Tests", "Golden", "golden-format.txt");
        }
    }

    [Fact]
    public async Task The_writer_still_writes_the_golden_bytes()
    {
        StringBuilder text = new();
        AppendPacks(text);
        AppendTrees(text);
        await AppendListsAsync(text);
        Append(text, "snapshot.details", SnapshotDetailsCodec.Encode(SnapshotCodecTests.Make(PackFixture.Keys, 4)));
        Append(text, "snapshot.details-empty", SnapshotDetailsCodec.Encode(SnapshotCodecTests.Make(PackFixture.Keys, 6) with
        {
            Host = default,
            User = default,
            Paths = [],
            Tags = [],
            Description = "",
            Program = "",
            Summary = new(),
        }));
        foreach (Note note in NoteCodecTests.All())
        {
            Append(text, $"note.{note.Type}", NoteCodec.Encode(note));
        }
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            await File.WriteAllTextAsync(GoldenPath, text.ToString(), TestContext.Current.CancellationToken);
        }
        Assert.Equal(await File.ReadAllTextAsync(GoldenPath, TestContext.Current.CancellationToken), text.ToString());
    }

    [Fact]
    public void The_reader_still_reads_the_golden_bytes()
    {
        Dictionary<string, byte[]> golden = File.ReadLines(GoldenPath)
            .Select(line => line.Split(' '))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => Convert.FromHexString(parts[1]));
        Assert.Equal(FrameKind.File, FrameRecord.Read(golden["record.file"]).Kind);
        Assert.Equal(3, FrameRecord.Read(golden["record.tree"]).BlobCount);
        Assert.Equal(2, PackDirectory.Read(golden["pack.directory"]).Frames.Count);
        foreach (FileType type in Enum.GetValues<FileType>())
        {
            Assert.True(TestNode.AreEqual(Node(type), TestNode.Decode(golden[$"node.{type}"])));
        }
        Assert.Equal(7, TreeBlobCodec.Decode(golden["tree.nodes"]).Nodes.Count);
        Snapshot expected = SnapshotCodecTests.Make(PackFixture.Keys, 4);
        Snapshot read = SnapshotDetailsCodec.Decode(expected with { Host = default, Paths = [] }, golden["snapshot.details"]);
        Assert.Equal((expected.Host, expected.User, expected.Summary), (read.Host, read.User, read.Summary));
        Assert.Equal(expected.Paths, read.Paths);
        Assert.Equal(expected.Tags, read.Tags);
        foreach (Note note in NoteCodecTests.All())
        {
            byte[] content = SignedObject.Seal(
                PackFixture.Keys, ObjectKind.Note, NoteCodec.SignatureKind, golden[$"note.{note.Type}"]).Content;
            Assert.Equal(NoteCodec.Encode(note), NoteCodec.Encode(NoteCodec.Open(PackFixture.Keys, content, out _)));
        }
    }

    private static void AppendPacks(StringBuilder text)
    {
        Append(text, "record.file", PackFixture.Record(FrameKind.File, 2));
        Append(text, "record.tree", PackFixture.Record(FrameKind.Tree, 3));
        // The fixture's entropy is known: the first sealing of a fresh set of keys is always the same.
        using UnlockedKeys keys = PackFixture.NewKeys(CipherSuite.AesGcm, "golden");
        using Sealing sealing = keys.Ring.NewSealing();
        byte[][] records = [.. ((FrameKind[])[FrameKind.File, FrameKind.File]).Select((kind, i) => PackFixture.RecordOf(
            kind, sealing.Id, keys.Member.Id, [new FrameBlob(BlobId.Read(PackFixture.Noise(i, 32)), 1000 + i, [])]))];
        Append(text, "pack.directory", PackDirectory.Encode([sealing.Entry], [.. records.Select(record => FrameRecord.Read(record))]));
        Append(text, "pack.trailer", PackCodec.EncodeTrailer(5000));
        int[] lengths = [1, 255, 256, 257, 1000, 65_536, 65_537, 1_000_000, 33_554_432];
        byte[] codes = new byte[2 * lengths.Length];
        for (int i = 0; i < lengths.Length; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(codes.AsSpan(2 * i), PadmeCode.Encode(lengths[i]));
        }
        Append(text, "length-codes", codes);
        byte[] plaintext = new byte[FramePlaintext.TotalSize(2, 30)];
        PackFixture.Text(1, 30).CopyTo(plaintext, FramePlaintext.PayloadOffset(2));
        FramePlaintext.WriteAround(plaintext, [new FrameBlob(default, 10, []), new FrameBlob(default, 20, [])], false, 30);
        Append(text, "frame.plaintext", plaintext);
    }

    private static void AppendTrees(StringBuilder text)
    {
        foreach (FileType type in Enum.GetValues<FileType>())
        {
            Append(text, $"node.{type}", TestNode.Encode(Node(type)));
        }
        byte[][] nodes = [.. Enum.GetValues<FileType>().Select(Node).OrderBy(node => node.Name).Select(TestNode.Encode)];
        Append(text, "tree.nodes", TestNode.Blob(TreeBlobType.Nodes, nodes));
        Append(text, "tree.empty", TestNode.Blob(TreeBlobType.Nodes));
    }

    // Where lists are cut is part of the format as far as deduplication goes.
    private static async Task AppendListsAsync(StringBuilder text)
    {
        int number = 0;
        TreeListBuilder builder = new(TreeBlobType.Nodes, (draft, _) =>
        {
            Append(text, $"list.blob-{number++}", draft.Plaintext.Span);
            return ValueTask.FromResult(new BlobId(Blake3.Hash(draft.Plaintext.Span)));
        });
        for (int i = 0; i < 2000; i++)
        {
            Node node = Node(FileType.Fifo) with { Name = ByteName.FromText($"entry {i:d5}") };
            await builder.AddAsync(
                TestNode.Encode(node), [], node.Name, 1, Blake3.Hash(node.Name.Span).W3, TestContext.Current.CancellationToken);
        }
        Append(text, "list.root", (await builder.FinishAsync(TestContext.Current.CancellationToken)).Value.ToArray());
    }

    private static Node Node(FileType type) => TestNode.Make(20 + (int)type, type) with
    {
        Name = ByteName.FromText($"a {type}"),
        UserName = ByteName.FromText("root"),
        LinkTarget = type == FileType.SymbolicLink ? new ByteName([0x2E, 0x2E, 0x2F, 0xFF]) : default,
    };

    private static void Append(StringBuilder text, string name, ReadOnlySpan<byte> bytes) => text.Append(name).Append(' ')
        .Append(bytes.Length <= LineSizeMax
            ? Convert.ToHexStringLower(bytes)
            : $"{bytes.Length} {Blake3.Hash(bytes)}")
        .Append('\n');
}
