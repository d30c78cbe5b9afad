using System.Buffers.Binary;
using Ebla.Compression;
using Ebla.Packs;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Packs;

public sealed class FramePlaintextTests
{
    private static readonly int[] Lengths = [10, 1, 489];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Blobs_come_back_as_laid_out(bool isCompressed)
    {
        using ZstdDecompressor decompressor = new();
        using FrameContent content = FramePlaintext.Read(Plaintext(isCompressed), FrameKind.File, 3, decompressor);

        byte[] all = PackFixture.Text(1, 500);
        Assert.Equal(3, content.BlobCount);
        Assert.Equal(500, content.SizeInBytes);
        Assert.Equal(all[..10], content.GetBlob(0).ToArray());
        Assert.Equal(all[10..11], content.GetBlob(1).ToArray());
        Assert.Equal(all[11..], content.GetBlob(2).ToArray());
    }

    [Theory]
    [InlineData(0, 2)] // compression
    [InlineData(1, 1)] // reserved
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)] // blob count
    [InlineData(6, 1)]
    [InlineData(8, 11)] // a length
    [InlineData(11, 255)]
    [InlineData(20, 1)] // payload size
    [InlineData(23, 128)]
    [InlineData(-1, 1)] // padding
    public void A_wrong_byte_outside_the_payload_is_refused(int offset, byte value)
    {
        using ZstdDecompressor decompressor = new();
        byte[] plaintext = Plaintext(isCompressed: false);
        plaintext[offset < 0 ? plaintext.Length + offset : offset] = value;
        _ = Assert.Throws<CorruptDataException>(() => FramePlaintext.Read(plaintext, FrameKind.File, 3, decompressor));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(FrameRecord.BlobsMax)]
    public void Another_count_than_the_records_is_refused(int blobCount)
    {
        using ZstdDecompressor decompressor = new();
        _ = Assert.Throws<CorruptDataException>(
            () => FramePlaintext.Read(Plaintext(isCompressed: true), FrameKind.File, blobCount, decompressor));
    }

    [Fact]
    public void Lengths_that_add_up_only_modulo_2_to_the_32_are_refused()
    {
        using ZstdDecompressor decompressor = new();
        byte[] plaintext = Plaintext(isCompressed: false);
        BinaryPrimitives.WriteUInt32LittleEndian(plaintext.AsSpan(8), uint.MaxValue);
        BinaryPrimitives.WriteUInt32LittleEndian(plaintext.AsSpan(12), 12);
        _ = Assert.Throws<CorruptDataException>(() => FramePlaintext.Read(plaintext, FrameKind.File, 3, decompressor));
    }

    [Fact]
    public void A_blob_without_length_is_refused()
    {
        using ZstdDecompressor decompressor = new();
        byte[] plaintext = Plaintext(isCompressed: false);
        plaintext[8] = 11;
        plaintext[12] = 0;
        _ = Assert.Throws<CorruptDataException>(() => FramePlaintext.Read(plaintext, FrameKind.File, 3, decompressor));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_truncation_is_refused(bool isCompressed)
    {
        using ZstdDecompressor decompressor = new();
        byte[] plaintext = Plaintext(isCompressed);
        for (int length = 0; length < plaintext.Length; length++)
        {
            _ = Assert.Throws<CorruptDataException>(
                () => FramePlaintext.Read(plaintext.AsSpan(0, length), FrameKind.File, 3, decompressor));
        }
        _ = Assert.Throws<CorruptDataException>(
            () => FramePlaintext.Read((byte[])[.. plaintext, 0], FrameKind.File, 3, decompressor));
    }

    private static byte[] Plaintext(bool isCompressed)
    {
        byte[] payload = PackFixture.Text(1, 500);
        if (isCompressed)
        {
            using ZstdCompressor compressor = new(3);
            byte[] compressed = new byte[500];
            payload = compressed[..compressor.Compress(payload, compressed)];
        }
        List<FrameBlob> blobs = [.. Lengths.Select(length => new FrameBlob(default, length, []))];
        byte[] plaintext = new byte[FramePlaintext.TotalSize(3, payload.Length)];
        payload.CopyTo(plaintext, FramePlaintext.PayloadOffset(3));
        FramePlaintext.WriteAround(plaintext, blobs, isCompressed, payload.Length);
        Assert.True(plaintext.Length > FramePlaintext.PayloadOffset(3) + payload.Length, "there is padding to test");
        return plaintext;
    }
}
