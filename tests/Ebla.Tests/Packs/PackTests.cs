using System.Buffers;
using System.Buffers.Binary;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Packs;

public sealed class PackTests
{
    private static UnlockedKeys Keys => PackFixture.Keys;

    [Fact]
    public void A_pack_of_several_segments_reads_back_and_its_name_is_its_hash()
    {
        byte[][] blobs = [PackFixture.Noise(1, 1_500_000), PackFixture.Noise(2, 900_001), PackFixture.Text(3, 100_000)];
        SealedFrame[] frames = [.. blobs.Select(blob => PackFixture.Seal(Keys, FrameKind.File, blob))];
        (PackDraft pack, byte[] content, PackBuilder builder) = PackFixture.Build(Keys, frames);
        using PackBuilder disposing = builder;

        PackDirectory directory = Open(content);

        Assert.False(pack.Content.IsSingleSegment);
        Assert.Equal(builder.SizeInBytes, content.Length);
        Assert.Equal(pack.Id.Value, Blake3.Hash(content));
        Assert.Equal(pack.Directory.ToArray(), directory.Bytes.ToArray());
        Assert.Equal(3, directory.Frames.Count);
        using FrameOpener opener = new(Keys);
        int offset = PackCodec.FramesOffset;
        for (int i = 0; i < 3; i++)
        {
            FrameRecord record = directory.Frames[i];
            ReadOnlyMemory<byte> entry = directory.SealingEntries.Single(
                candidate => SealingEntry.Read(candidate.Span).Id == record.SealingId);
            using FrameContent opened = opener.Open(
                FrameSeal.Of(record, entry), content.AsSpan(offset, record.StoredSizeInBytes));
            Assert.True(opened.GetBlob(0).Span.SequenceEqual(blobs[i]));
            offset += record.StoredSizeInBytes;
        }
    }

    [Fact]
    public void Segments_go_back_to_the_pool_and_are_used_again()
    {
        Stack<byte[]> pool = new();
        using SealedFrame frame = PackFixture.Seal(Keys, FrameKind.File, PackFixture.Noise(1, 2_500_000));
        for (int i = 0; i < 3; i++)
        {
            using PackBuilder builder = new(Keys, pool);
            builder.Add(frame);
            PackDraft draft = builder.Complete();
            Assert.Equal(draft.Id.Value, Blake3.Hash(draft.Content.ToArray()));
        }
        Assert.Equal(3, pool.Count);
        Assert.Equal(3, pool.Distinct().Count());
    }

    [Fact]
    public void A_builder_is_full_before_its_directory_is_larger_than_a_reader_allows()
    {
        BlobId[] ids = [.. Enumerable.Range(0, FrameRecord.BlobsMax).Select(i => BlobId.Read(PackFixture.Noise(i, 32)))];
        using Sealing sealing = Keys.Ring.NewSealing();
        byte[] record = PackFixture.RecordOf(
            FrameKind.File, sealing.Id, Keys.Member.Id, [.. ids.Select(id => new FrameBlob(id, 10, []))]);
        FrameRecord read = FrameRecord.Read(record);
        using PackBuilder builder = new(Keys, new Stack<byte[]>());
        while (builder.HasRoom)
        {
            RentedBuffer ciphertext = new(read.StoredSizeInBytes);
            using SealedFrame frame = new(read, sealing.Entry, ciphertext, 40_960);
            builder.Add(frame);
        }
        PackDraft pack = builder.Complete();
        Assert.InRange(pack.Directory.Length, 10 << 20, PackDirectory.SizeInBytesMax);
        Assert.Equal(builder.FrameCount, Open(pack.Content.ToArray()).Frames.Count);
    }

    [Fact]
    public void Every_damage_to_header_directory_or_trailer_is_refused()
    {
        using SealedFrame frame = PackFixture.Seal(Keys, FrameKind.Tree, PackFixture.Text(1, 700), [1, 2]);
        (_, byte[] content, PackBuilder builder) = PackFixture.Build(Keys, frame);
        using PackBuilder disposing = builder;
        int framesEnd = PackCodec.FramesOffset + frame.Ciphertext.Length;
        foreach (int i in Enumerable.Range(0, content.Length).Where(i => i < PackCodec.FramesOffset || i >= framesEnd))
        {
            byte[] bad = [.. content];
            bad[i] ^= (byte)(1 << (i % 8));
            Exception exception = Assert.ThrowsAny<EblaException>(() => Open(bad));
            Assert.True(exception is CorruptDataException or UnsupportedFormatException, exception.ToString());
        }
        for (int length = 0; length < content.Length; length += length < content.Length - 100 ? 61 : 1)
        {
            byte[] part = content[..length];
            _ = Assert.ThrowsAny<EblaException>(() => Open(part));
        }
    }

    [Fact]
    public void A_directory_is_refused_if_its_counts_or_sealings_do_not_fit()
    {
        using SealedFrame frame = PackFixture.Seal(Keys, FrameKind.File, PackFixture.Text(1, 700));
        using SealedFrame other = PackFixture.Seal(Keys, FrameKind.File, PackFixture.Text(2, 700));
        FrameRecord record = frame.Record;
        byte[] good = PackDirectory.Encode([frame.SealingEntry], [record]);
        int frameCountOffset = 4 + 2 + frame.SealingEntry.Length;
        Assert.Equal(good, PackDirectory.Read(good).Bytes.ToArray());

        Refuse(PackDirectory.Encode([other.SealingEntry], [record])); // not in the table
        Refuse(PackDirectory.Encode([frame.SealingEntry, frame.SealingEntry], [record])); // twice
        Refuse(PackDirectory.Encode([frame.SealingEntry], []));
        Refuse(PackDirectory.Encode([], []));
        Refuse([.. good, 0]);
        foreach (uint count in (uint[])[0, 2, 65_536, 65_537, 0x8000_0000, uint.MaxValue])
        {
            Refuse(With(good, 0, count));
            Refuse(With(good, frameCountOffset, count));
        }
        for (int length = 0; length < good.Length; length++)
        {
            Refuse(good[..length]);
        }

        static void Refuse(byte[] directory) => Assert.Throws<CorruptDataException>(() => PackDirectory.Read(directory));

        static byte[] With(byte[] directory, int offset, uint value)
        {
            byte[] changed = [.. directory];
            BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(offset), value);
            return changed;
        }
    }

    [Fact]
    public void Frames_that_do_not_fill_the_pack_are_refused()
    {
        using SealedFrame frame = PackFixture.Seal(Keys, FrameKind.File, PackFixture.Text(1, 700));
        (_, byte[] content, PackBuilder builder) = PackFixture.Build(Keys, frame);
        using PackBuilder disposing = builder;
        byte[] longer = [.. content[..PackCodec.FramesOffset], 0, .. content[PackCodec.FramesOffset..]];
        _ = Assert.Throws<CorruptDataException>(() => Open(longer));
    }

    [Fact]
    public void Condemned_packs_read_back_and_damage_is_refused()
    {
        ObjectId[] packs = [.. Enumerable.Range(0, 5).Select(i => ObjectId.Read(PackFixture.Noise(i, 32)))];
        (ObjectName name, byte[] content) = CondemnedCodec.Seal(Keys, packs, [packs[0]]);

        Assert.Equal(new ObjectName(ObjectKind.Condemned, new ObjectId(Blake3.Hash(content))), name);
        Assert.Equal(packs, CondemnedCodec.OpenPacks(Keys, content));
        (_, byte[] empty) = CondemnedCodec.Seal(Keys, [], []);
        Assert.Empty(CondemnedCodec.OpenPacks(Keys, empty));
        for (int i = 0; i < content.Length; i += i < 200 ? 1 : 13)
        {
            byte[] bad = [.. content];
            bad[i] ^= 1;
            _ = Assert.ThrowsAny<EblaException>(() => CondemnedCodec.OpenPacks(Keys, bad));
            _ = Assert.ThrowsAny<EblaException>(() => CondemnedCodec.OpenPacks(Keys, content.AsSpan(0, i)));
        }
    }

    [Theory]
    [InlineData("a10180")] // no snapshots
    [InlineData("a10280")] // no packs
    [InlineData("a2018141000280")] // a name of one byte
    [InlineData("a20180028003f6")]
    [InlineData("a20280" + "0180")] // out of order
    [InlineData("bf01800280ff")]
    [InlineData("a2019b7fffffffffffffff0280")]
    public void A_condemned_record_of_another_shape_is_refused(string body)
    {
        (_, byte[] content) = SignedObject.Seal(
            Keys, ObjectKind.Condemned, CondemnedCodec.SignatureKind, Convert.FromHexString(body));
        _ = Assert.Throws<CorruptDataException>(() => CondemnedCodec.OpenPacks(Keys, content));
    }

    private static PackDirectory Open(byte[] content)
    {
        if (content.Length < PackCodec.FramesOffset + PackCodec.TrailerSizeInBytes)
        {
            throw new CorruptDataException("too short");
        }
        ReadOnlySpan<byte> header = ObjectHeader.Check(Keys, ObjectKind.Pack, content);
        int size = PackCodec.ReadTrailer(content.AsSpan(^PackCodec.TrailerSizeInBytes..), content.Length);
        return PackCodec.OpenDirectory(
            Keys, header, content.AsSpan(content.Length - PackCodec.TrailerSizeInBytes - size, size), content.Length);
    }
}
