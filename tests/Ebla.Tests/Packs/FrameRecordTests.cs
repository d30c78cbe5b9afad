using System.Buffers.Binary;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Packs;

public sealed class FrameRecordTests
{
    [Theory]
    [InlineData(FrameKind.File, 1)]
    [InlineData(FrameKind.File, 17)]
    [InlineData(FrameKind.File, FrameRecord.BlobsMax)]
    [InlineData(FrameKind.Tree, 1)]
    [InlineData(FrameKind.Tree, 17)]
    [InlineData(FrameKind.Tree, FrameRecord.BlobsMax)]
    public void A_record_reads_back_as_written(FrameKind kind, int blobCount)
    {
        byte[] bytes = PackFixture.Record(kind, blobCount);

        FrameRecord record = FrameRecord.Read((byte[])[.. bytes, 1, 2, 3]);

        Assert.Equal(bytes, record.Bytes.ToArray());
        Assert.Equal(kind, record.Kind);
        Assert.Equal(blobCount, record.BlobCount);
        Assert.Equal(7U, record.Number);
        Assert.Equal(PackFixture.Noise(1, 32), record.SealingId.ToArray());
        Assert.Equal(PackFixture.Noise(2, 16), record.Writer.ToArray());
        Assert.Equal(PackFixture.Noise(3, 32), record.CiphertextHash.ToArray());
        Assert.Equal(PackFixture.Noise(4, 64), record.Signature.ToArray());
        List<byte> counts = [];
        List<byte> links = [];
        for (int place = 0; place < blobCount; place++)
        {
            Assert.Equal(BlobId.Read(PackFixture.Noise(1000 + place, 32)), record.GetBlobId(place));
            Assert.Equal(Padme.Round(1 + place * 977 % 5000), PadmeCode.Decode(record.GetLengthCode(place)));
            counts.AddRange([(byte)(place % 3), 0, 0, 0]);
            links.AddRange(PackFixture.Noise(1 + place, place % 3 * ShortId.SizeInBytes));
        }
        Assert.Equal(kind == FrameKind.Tree ? [.. counts, .. links] : [], record.LinkSection.ToArray());
        Assert.Equal(kind == FrameKind.Tree ? links.Count / ShortId.SizeInBytes : 0, record.LinkCount);
    }

    [Theory]
    [InlineData(FrameKind.File)]
    [InlineData(FrameKind.Tree)]
    public void Every_truncation_is_refused(FrameKind kind)
    {
        byte[] bytes = PackFixture.Record(kind, 9);
        for (int length = 0; length < bytes.Length; length++)
        {
            _ = Assert.Throws<CorruptDataException>(() => FrameRecord.Read(bytes.AsMemory(0, length)));
        }
    }

    [Theory]
    [InlineData(FrameKind.File)]
    [InlineData(FrameKind.Tree)]
    public void Every_flipped_bit_is_refused_or_gives_another_record(FrameKind kind)
    {
        byte[] bytes = PackFixture.Record(kind, 9);
        int refused = 0;
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                FrameRecord record = FrameRecord.Read(flipped);
                Assert.False(record.Bytes.Span.SequenceEqual(bytes), $"bit {bit}");
                Touch(record);
            }
            catch (CorruptDataException)
            {
                refused++;
            }
        }
        Assert.True(refused > 100, $"{refused}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(60)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(FrameRecord.StoredSizeInBytesMax + 1)]
    [InlineData(1040 + 16 + 1)]
    public void A_stored_size_that_no_frame_has_is_refused(int storedSize)
    {
        byte[] bytes = PackFixture.Record(FrameKind.File, 9);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(bytes.Length - 64 - 32 - 4), storedSize);
        _ = Assert.Throws<CorruptDataException>(() => FrameRecord.Read(bytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(FramePlaintext.BlobSizeInBytesMax + 1)]
    [InlineData(int.MaxValue / 2)]
    public void A_blob_length_that_no_blob_has_is_refused(int length)
    {
        byte[] bytes = PackFixture.Record(FrameKind.File, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(FrameRecord.FixedSizeInBytes + 32), PadmeCode.Encode(length));
        _ = Assert.Throws<CorruptDataException>(() => FrameRecord.Read(bytes));
    }

    [Fact]
    public void Counts_of_links_that_add_up_only_modulo_2_to_the_32_are_refused()
    {
        byte[] bytes = PackFixture.Record(FrameKind.Tree, 3);
        int counts = FrameRecord.FixedSizeInBytes + 3 * 34;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(counts), uint.MaxValue);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(counts + 4), 4);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(counts + 8), 0);
        _ = Assert.Throws<CorruptDataException>(() => FrameRecord.Read(bytes));
    }

    [Fact]
    public void The_largest_record_is_as_large_as_stated()
    {
        ShortId[] links = new ShortId[FrameRecord.LinksMax];
        FrameBlob first = new(default, 1, links);
        List<FrameBlob> blobs = [first, .. Enumerable.Repeat(new FrameBlob(default, 1, []), FrameRecord.BlobsMax - 1)];

        byte[] record = PackFixture.RecordOf(FrameKind.Tree, default, default, blobs);

        Assert.Equal(FrameRecord.SizeInBytesMax, record.Length);
        Assert.Equal(FrameRecord.LinksMax, FrameRecord.Read(record).LinkCount);
    }

    private static void Touch(FrameRecord record)
    {
        _ = record.LinkSection.Length + record.SignedBytes.Length + record.StoredSizeInBytes;
        for (int place = 0; place < record.BlobCount; place++)
        {
            _ = record.GetBlobId(place);
            _ = PadmeCode.Decode(record.GetLengthCode(place));
        }
        Assert.True(record.StoredSizeInBytes > Sealing.OverheadInBytes);
    }
}
