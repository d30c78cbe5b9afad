using Ebla.Compression;
using Ebla.Encryption;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Notes;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Sessions;
using Ebla.Snapshots;
using Ebla.Tests.Indexing;
using Ebla.Tests.Notes;
using Ebla.Tests.Packs;
using Ebla.Tests.Snapshots;
using Ebla.Tests.Trees;
using Ebla.Trees;
using Xunit;

namespace Ebla.Tests.Fuzzing;

/// <summary>Nothing but an <see cref="EblaException"/> comes out of a decoder, whatever goes in.</summary>
public sealed class DecoderFuzzTests
{
    private static UnlockedKeys Keys => PackFixture.Keys;

    [Fact]
    public void Frame_records_and_pack_directories()
    {
        Fuzz(1, 4000, [PackFixture.Record(FrameKind.File, 3), PackFixture.Record(FrameKind.Tree, 5)], bytes =>
        {
            FrameRecord record = FrameRecord.Read(bytes);
            _ = record.LinkSection.Length + record.GetLengthCode(record.BlobCount - 1);
        });
        Fuzz(2, 4000, [RunFixture.Create(1, 1, RunFixture.RandomId).Packs[0].Directory.Bytes.ToArray()],
            bytes => _ = PackDirectory.Read(bytes).FramesSizeInBytes);
    }

    [Fact]
    public void Frame_plaintexts()
    {
        using ZstdDecompressor decompressor = new();
        using ZstdCompressor compressor = new(3);
        byte[] text = PackFixture.Text(1, 900);
        byte[] payload = new byte[900];
        int size = compressor.Compress(text, payload);
        List<FrameBlob> blobs = [new FrameBlob(default, 400, []), new FrameBlob(default, 500, [])];
        byte[] compressed = new byte[FramePlaintext.TotalSize(2, size)];
        payload.AsSpan(0, size).CopyTo(compressed.AsSpan(FramePlaintext.PayloadOffset(2)));
        FramePlaintext.WriteAround(compressed, blobs, isCompressed: true, size);
        byte[] raw = new byte[FramePlaintext.TotalSize(2, 900)];
        text.CopyTo(raw, FramePlaintext.PayloadOffset(2));
        FramePlaintext.WriteAround(raw, blobs, isCompressed: false, 900);
        Fuzz(3, 8000, [compressed, raw], bytes => FramePlaintext.Read(bytes, FrameKind.File, 2, decompressor).Dispose());
    }

    [Fact]
    public void Whole_packs_with_right_signatures()
    {
        // The body is signed and encrypted anew after each mutation: what a hostile member can do.
        byte[] body = RunFixture.Create(5, 1, RunFixture.RandomId).Packs[0].Directory.Bytes.ToArray();
        byte[] header = ObjectHeader.Create(Keys, ObjectKind.Pack);
        long frames = PackDirectory.Read(body).FramesSizeInBytes;
        Fuzz(4, 300, [body], bytes =>
        {
            byte[] box = SignedBox.Seal(Keys, ObjectKind.Pack, PackCodec.SignatureKind, header, bytes);
            _ = PackCodec.OpenDirectory(
                Keys, header, box, PackCodec.FramesOffset + frames + box.Length + PackCodec.TrailerSizeInBytes);
        });
    }

    [Fact]
    public void Tree_blobs()
    {
        byte[][] nodes = [.. Enumerable.Range(0, 40).Select(i => TestNode.Encode(TestNode.Make(i, (FileType)(1 + i % 7))))
            .OrderBy(node => TestNode.Decode(node).Name)];
        List<byte[]> seeds = [TestNode.Blob(TreeBlobType.Nodes, nodes[..8]), .. nodes.Select(node => TestNode.Blob(TreeBlobType.Nodes, node))];
        Fuzz(5, 12_000, seeds, bytes =>
        {
            TreeBlob blob = TreeBlobCodec.Decode(bytes);
            for (int i = 0; i < blob.Nodes.Count; i++)
            {
                // What was accepted can be written: and so read again.
                _ = TestNode.Encode(blob.Nodes[i]);
                _ = blob.EncodingOf(i);
            }
        });
    }

    [Fact]
    public void Objects()
    {
        byte[] snapshot = SnapshotCodec.Seal(Keys, SnapshotCodecTests.Make(Keys, 1)).Content;
        byte[] details = SnapshotDetailsCodec.Encode(SnapshotCodecTests.Make(Keys, 2));
        byte[] session = SessionRecordCodec.Seal(
            Keys, new SessionRecord(SessionRecordType.Heartbeat, SessionId.NewRandom(SystemEntropy.Instance), Keys.Member.Id, 3)).Content;
        byte[] condemned = CondemnedCodec.Seal(Keys, [default, new ObjectId(default)], []).Content;
        byte[] index = IndexSegmentCodec.Seal(Keys, RunFixture.Create(6, 2, RunFixture.RandomId).Packs).Content;
        Fuzz(6, 600, [snapshot], bytes => SnapshotCodec.Open(Keys, bytes));
        Fuzz(7, 8000, [details], bytes => SnapshotDetailsCodec.Decode(SnapshotCodecTests.Make(Keys, 2), bytes));
        Fuzz(8, 600, [session], bytes => SessionRecordCodec.Open(Keys, bytes));
        Fuzz(9, 600, [condemned], bytes => CondemnedCodec.OpenPacks(Keys, bytes));
        Fuzz(10, 600, [index], bytes => IndexSegmentCodec.Open(Keys, bytes));
        byte[] policy = RetentionPolicyCodec.Encode(new RetentionPolicy { KeepLast = 3, KeepWithin = new(1, 2, 3), KeepTags = ["a"] });
        Fuzz(16, 2000, [policy], bytes => RetentionPolicyCodec.Decode(bytes));
        Fuzz(11, 2000, [PackCodec.EncodeTrailer(5000)], bytes =>
        {
            if (bytes.Length >= PackCodec.TrailerSizeInBytes)
            {
                _ = PackCodec.ReadTrailer(bytes.AsSpan(0, PackCodec.TrailerSizeInBytes), 6000);
            }
        });
    }

    [Fact]
    public void Signed_bodies_of_a_hostile_member()
    {
        SessionRecord record = new(SessionRecordType.Intent, SessionId.NewRandom(SystemEntropy.Instance), Keys.Member.Id, 0, new byte[] { 1, 2, 3 });
        Sign(12, ObjectKind.Session, SessionRecordCodec.SignatureKind, SessionRecordCodec.Seal(Keys, record).Content,
            bytes => SessionRecordCodec.Open(Keys, bytes));
        Sign(13, ObjectKind.Condemned, CondemnedCodec.SignatureKind, CondemnedCodec.Seal(Keys, [default], [default]).Content,
            bytes => CondemnedCodec.OpenPacks(Keys, bytes));
        Sign(14, ObjectKind.Index, IndexSegmentCodec.SignatureKind,
            IndexSegmentCodec.Seal(Keys, RunFixture.Create(6, 1, RunFixture.RandomId).Packs).Content,
            bytes => IndexSegmentCodec.Open(Keys, bytes));
        foreach (Note note in NoteCodecTests.All())
        {
            Sign(15, ObjectKind.Note, NoteCodec.SignatureKind, NoteCodec.Seal(Keys, note).Content,
                bytes => NoteCodec.Open(Keys, bytes, out _));
        }

        static void Sign(int seed, ObjectKind kind, string signatureKind, byte[] content, Action<byte[]> decode)
        {
            byte[] body = SignedObject.Open(Keys, kind, signatureKind, content, 1 << 20);
            Fuzz(seed, 500, [body], bytes => decode(SignedObject.Seal(Keys, kind, signatureKind, bytes).Content));
        }
    }

    private static void Fuzz(int seed, int count, IReadOnlyList<byte[]> good, Action<byte[]> decode)
    {
        foreach (byte[] bytes in good)
        {
            decode(bytes);
        }
        Random random = new(seed);
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] bad = Mutations.Mutate(random, good[random.Next(good.Count)]);
            try
            {
                decode(bad);
            }
            catch (EblaException)
            {
                refused++;
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed}, mutation {i}, {Convert.ToHexString(bad.AsSpan(0, Math.Min(bad.Length, 2000)))}: {exception}");
            }
        }
        Assert.True(refused > count / 4, $"seed {seed}: only {refused} of {count} were refused");
    }
}
