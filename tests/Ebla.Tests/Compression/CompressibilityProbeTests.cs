using System.Buffers.Binary;
using System.IO.Compression;
using Ebla.Compression;
using Xunit;

namespace Ebla.Tests.Compression;

public sealed class CompressibilityProbeTests
{
    private const int BlockSizeInBytes = 1 << 20;

    [Fact]
    public void Random_bytes_do_not_look_compressible()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            int length = CompressibilityProbe.ProbedSizeMin + seed * 997;
            Assert.False(CompressibilityProbe.LooksCompressible(CompressionInputs.Random(length, seed)), $"seed {seed}");
        }
    }

    [Fact]
    public void Compressed_data_does_not_look_compressible()
    {
        byte[] content = CompressionInputs.Text(8 << 20);
        byte[] zstd = new byte[ZstdCompressor.CompressBound(content.Length)];
        using ZstdCompressor compressor = new(3);
        int zstdSize = compressor.Compress(content, zstd);
        MemoryStream gzip = new();
        using (GZipStream stream = new(gzip, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(content);
        }

        Assert.False(CompressibilityProbe.LooksCompressible(zstd.AsSpan(0, zstdSize)));
        Assert.False(CompressibilityProbe.LooksCompressible(gzip.ToArray()));
    }

    [Fact]
    public void Text_looks_compressible()
    {
        Assert.True(CompressibilityProbe.LooksCompressible(CompressionInputs.Text(BlockSizeInBytes)));
        Assert.True(CompressibilityProbe.LooksCompressible(new byte[BlockSizeInBytes]));
    }

    [Fact]
    public void Base64_of_random_bytes_looks_compressible()
    {
        string base64 = Convert.ToBase64String(CompressionInputs.Random(BlockSizeInBytes));

        Assert.True(CompressibilityProbe.LooksCompressible(System.Text.Encoding.ASCII.GetBytes(base64)));
    }

    [Fact]
    public void A_tar_of_programs_looks_compressible_wherever_it_is()
    {
        byte[] tar = CompressionInputs.TarOfPrograms(4 << 20);
        for (int offset = 0; offset + BlockSizeInBytes <= tar.Length; offset += BlockSizeInBytes / 4)
        {
            Assert.True(CompressibilityProbe.LooksCompressible(tar.AsSpan(offset, BlockSizeInBytes)), $"offset {offset}");
        }
    }

    [Fact]
    public void Where_the_answer_is_no_zstd_saves_next_to_nothing()
    {
        // Goal: rarely wrong, on real files. Method: programs, native and managed, and their packed form, in blocks.
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        using ZstdCompressor compressor = new(1);
        byte[] frame = new byte[ZstdCompressor.CompressBound(256 << 10)];
        foreach (string path in Directory.GetFiles(runtime).Where(path => new FileInfo(path).Length > 1 << 20))
        {
            byte[] file = File.ReadAllBytes(path);
            for (int offset = 0; offset + (256 << 10) <= file.Length; offset += 1 << 20)
            {
                ReadOnlySpan<byte> block = file.AsSpan(offset, 256 << 10);
                if (!CompressibilityProbe.LooksCompressible(block))
                {
                    Assert.True(compressor.Compress(block, frame) > block.Length / 100 * 97, $"{path} at {offset}");
                }
            }
        }
    }

    [Fact]
    public void Even_bytes_that_repeat_look_compressible()
    {
        // Every byte is as frequent as every other: only matches can save anything.
        byte[] block = new byte[BlockSizeInBytes];
        byte[] pattern = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        new Random(1).Shuffle(pattern);
        for (int offset = 0; offset < block.Length; offset += pattern.Length)
        {
            pattern.CopyTo(block, offset);
        }

        Assert.True(CompressibilityProbe.LooksCompressible(block));
    }

    [Fact]
    public void Counters_and_samples_of_sound_look_compressible()
    {
        byte[] counters = new byte[BlockSizeInBytes];
        byte[] sound = new byte[BlockSizeInBytes];
        Random random = new(3);
        for (int offset = 0; offset < BlockSizeInBytes; offset += 8)
        {
            BinaryPrimitives.WriteInt64LittleEndian(counters.AsSpan(offset), 1_000_000_007L * offset);
        }
        for (int offset = 0; offset < BlockSizeInBytes; offset += 2)
        {
            double wave = Math.Sin(offset / 50.0) * 6000 + random.Next(-300, 300);
            BinaryPrimitives.WriteInt16LittleEndian(sound.AsSpan(offset), (short)wave);
        }

        Assert.True(CompressibilityProbe.LooksCompressible(counters));
        Assert.True(CompressibilityProbe.LooksCompressible(sound));
    }

    [Fact]
    public void Text_amid_random_bytes_is_found()
    {
        byte[] block = CompressionInputs.Random(BlockSizeInBytes);
        CompressionInputs.Text(BlockSizeInBytes / 4).CopyTo(block, BlockSizeInBytes / 2);

        Assert.True(CompressibilityProbe.LooksCompressible(block));
    }

    [Fact]
    public void A_small_block_is_always_worth_a_try()
    {
        Assert.True(CompressibilityProbe.LooksCompressible([]));
        Assert.True(CompressibilityProbe.LooksCompressible(CompressionInputs.Random(CompressibilityProbe.ProbedSizeMin - 1)));
    }
}
