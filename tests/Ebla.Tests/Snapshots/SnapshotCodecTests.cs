using System.Buffers.Binary;
using Ebla.Encryption;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Primitives;
using Ebla.Snapshots;
using Ebla.Tests.Packs;
using Xunit;

namespace Ebla.Tests.Snapshots;

public sealed class SnapshotCodecTests
{
    private static UnlockedKeys Keys => PackFixture.Keys;

    [Theory]
    [InlineData(CipherSuite.AesGcm)]
    [InlineData(CipherSuite.ChaCha20Poly1305)]
    public void A_snapshot_reads_back_as_written(CipherSuite suite)
    {
        using UnlockedKeys keys = PackFixture.NewKeys(suite);
        for (int seed = 0; seed < 20; seed++)
        {
            Snapshot snapshot = Make(keys, seed);
            (ObjectName name, byte[] content) = SnapshotCodec.Seal(keys, snapshot);
            Assert.Equal(new ObjectName(ObjectKind.Snapshot, new ObjectId(Blake3.Hash(content))), name);
            AssertEqual(snapshot, SnapshotCodec.Open(keys, content));
        }
    }

    [Fact]
    public void Nothing_of_the_sealed_part_shows_and_its_length_is_rounded()
    {
        Snapshot snapshot = Make(Keys, 1) with { Description = "short" };
        (_, byte[] content) = SnapshotCodec.Seal(Keys, snapshot);
        (_, byte[] other) = SnapshotCodec.Seal(Keys, snapshot with { Description = "a little longer" });
        Assert.Equal(content.Length, other.Length);
        Assert.Equal(-1, content.AsSpan().IndexOf(snapshot.Host.Span));
    }

    [Fact]
    public void Every_flipped_byte_and_every_truncation_is_refused()
    {
        (_, byte[] content) = SnapshotCodec.Seal(Keys, Make(Keys, 3));
        for (int i = 0; i < content.Length; i++)
        {
            byte[] bad = [.. content];
            bad[i] ^= (byte)(1 << (i % 8));
            Exception exception = Assert.ThrowsAny<EblaException>(() => SnapshotCodec.Open(Keys, bad));
            Assert.True(exception is CorruptDataException or UnsupportedFormatException, $"byte {i}: {exception}");
        }
        for (int length = 0; length < content.Length; length += length < 100 ? 1 : 37)
        {
            _ = Assert.Throws<CorruptDataException>(() => SnapshotCodec.Open(Keys, content.AsSpan(0, length)));
        }
        _ = Assert.Throws<CorruptDataException>(() => SnapshotCodec.Open(Keys, (byte[])[.. content, 0]));
        _ = Assert.Throws<CorruptDataException>(() => SnapshotCodec.Open(Keys, new byte[SnapshotCodec.SizeInBytesMax + 1]));
    }

    [Fact]
    public void A_snapshot_of_another_repository_is_refused()
    {
        using UnlockedKeys foreign = PackFixture.NewKeys(CipherSuite.AesGcm, "foreign");
        (_, byte[] content) = SnapshotCodec.Seal(foreign, Make(foreign, 1));
        _ = Assert.Throws<CorruptDataException>(() => SnapshotCodec.Open(Keys, content));
        // Also if its prologue and ring are forged to look like ours.
        (_, byte[] ours) = SnapshotCodec.Seal(Keys, Make(Keys, 1));
        ours.AsSpan(0, 40).CopyTo(content);
        _ = Assert.Throws<CorruptDataException>(() => SnapshotCodec.Open(Keys, content));
    }

    [Fact]
    public void Parts_of_two_snapshots_do_not_mix()
    {
        (_, byte[] first) = SnapshotCodec.Seal(Keys, Make(Keys, 1));
        (_, byte[] second) = SnapshotCodec.Seal(Keys, Make(Keys, 2));
        int firstBoxEnd = BoxEnd(first);
        int secondBoxEnd = BoxEnd(second);
        foreach (byte[] mixed in (byte[][])[
            [.. first[..firstBoxEnd], .. second[secondBoxEnd..]],
            [.. first[..56], .. second[56..]],
            [.. first[..56], .. second[56..secondBoxEnd], .. first[firstBoxEnd..]]])
        {
            _ = Assert.Throws<CorruptDataException>(() => SnapshotCodec.Open(Keys, mixed));
        }

        static int BoxEnd(byte[] content) => 60 + BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(56));
    }

    [Fact]
    public void What_a_reader_would_refuse_is_not_written()
    {
        Snapshot good = Make(Keys, 1);
        ByteName longName = new(new byte[257]);
        ByteName path = ByteName.FromText("/" + new string('p', 200));
        Snapshot fullest = good with
        {
            Paths = [.. Enumerable.Repeat(ByteName.FromText(new string('p', 128)), 4096)],
            Tags = [.. Enumerable.Repeat(new string('\u20AC', 256), 256)],
            Description = new string('\u20AC', 4096),
            Known = [.. Enumerable.Range(0, 4096).Select(i => new KnownWriter(
                MemberId.Read(PackFixture.Noise(i, 16)), ulong.MaxValue, ObjectId.Read(PackFixture.Noise(i, 32))))],
        };
        (_, byte[] content) = SnapshotCodec.Seal(Keys, fullest);
        AssertEqual(fullest, SnapshotCodec.Open(Keys, content));
        foreach (Snapshot bad in (Snapshot[])[
            good with { Host = longName }, good with { User = longName },
            good with { Paths = [.. Enumerable.Repeat(ByteName.FromText("/a"), 4097)] },
            good with { Paths = [.. Enumerable.Repeat(path, 4096)] },
            good with { Paths = [new ByteName(new byte[65_537])] },
            good with { Tags = [.. Enumerable.Repeat("tag", 257)] },
            good with { Tags = [new string('t', 257)] },
            good with { Description = new string('t', 4097) },
            good with { Program = new string('t', 257) }])
        {
            _ = Assert.Throws<UnsupportedFormatException>(() => SnapshotCodec.Seal(Keys, bad));
        }
    }

    [Theory]
    [InlineData("a0")] // all fields missing
    [InlineData("a701400240038004800560066007870000000000000000")] // bytes after the end
    [InlineData("80")]
    [InlineData("")]
    [InlineData("a107" + "83000000")] // too few counts
    [InlineData("a10361ff")] // paths that are a text of no UTF-8
    [InlineData("a10461ff")]
    [InlineData("a10561ff")] // a text of no UTF-8
    [InlineData("a1039b7fffffffffffffff")]
    [InlineData("a10399" + "1001")] // too many paths
    public void A_sealed_part_of_another_shape_is_refused(string hex)
    {
        byte[] details = Convert.FromHexString(hex);
        _ = Assert.Throws<CorruptDataException>(() => SnapshotDetailsCodec.Decode(Make(Keys, 1), details));
    }

    public static Snapshot Make(UnlockedKeys keys, int seed)
    {
        Random random = new(seed);
        return new Snapshot
        {
            Root = BlobId.Read(PackFixture.Noise(seed, 32)),
            Writer = keys.Member.Id,
            Sequence = (ulong)random.NextInt64(1, long.MaxValue),
            Time = new UnixTime(random.NextInt64(long.MinValue, long.MaxValue), random.Next(1_000_000_000)),
            Known = [.. Enumerable.Range(0, random.Next(4)).Select(i => new KnownWriter(
                MemberId.Read(PackFixture.Noise(i, 16)), (ulong)random.NextInt64(), ObjectId.Read(PackFixture.Noise(i, 32))))],
            IsPartial = random.Next(2) == 0,
            Host = new ByteName([.. "ebla-host-"u8, 0xFF, (byte)(1 + seed % 100)]),
            User = seed % 2 == 0 ? default : ByteName.FromText("åsa"),
            Paths = [.. Enumerable.Range(0, random.Next(5)).Select(i => new ByteName([(byte)'/', (byte)(128 + i)]))],
            Tags = [.. Enumerable.Range(0, random.Next(4)).Select(i => $"tag {i} \U0001F9F1")],
            Description = seed % 3 == 0 ? "" : "before the upgrade",
            Program = "ebla 1.0",
            Summary = new SnapshotSummary
            {
                Files = random.NextInt64(),
                Directories = random.NextInt64(),
                Others = 3,
                SizeInBytes = long.MaxValue,
                AddedInBytes = random.Next(),
                StoredInBytes = random.Next(),
                Errors = seed,
            },
        };
    }

    private static void AssertEqual(Snapshot expected, Snapshot actual)
    {
        Assert.Equal(expected.Known, actual.Known);
        Assert.Equal(expected.Paths, actual.Paths);
        Assert.Equal(expected.Tags, actual.Tags);
        Assert.Equal(expected, actual with { Known = expected.Known, Paths = expected.Paths, Tags = expected.Tags });
    }
}
