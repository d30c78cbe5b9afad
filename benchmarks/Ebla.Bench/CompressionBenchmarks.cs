using Ebla.Compression;

namespace Ebla.Bench;

/// <summary>Blocks of 1 MiB, as in a frame: programs (the files of this one, one after the other) and random bytes.</summary>
internal static class CompressionBenchmarks
{
    private const int BlockSizeInBytes = 1 << 20;

    private const int BlockCountMax = 16;

    public static void Run(Report report)
    {
        Random random = new(1);
        byte[][] randomBlocks = [.. Enumerable.Range(0, BlockCountMax).Select(_ => new byte[BlockSizeInBytes])];
        foreach (byte[] block in randomBlocks)
        {
            random.NextBytes(block);
        }
        byte[][] programBlocks = ProgramBlocks();
        foreach (ZstdLibrary library in (ZstdLibrary[])[ZstdLibrary.Default, ManagedZstd.Instance])
        {
            foreach (int level in (int[])[1, 3])
            {
                MeasureLevel(report, library, level, "programs", programBlocks);
                MeasureLevel(report, library, level, "random", randomBlocks);
            }
        }
        MeasureProbe(report, "programs", programBlocks);
        MeasureProbe(report, "random", randomBlocks);
    }

    private static void MeasureLevel(Report report, ZstdLibrary library, int level, string what, byte[][] blocks)
    {
        using ZstdCompressor compressor = new(level, library);
        using ZstdDecompressor decompressor = new(library);
        byte[] buffer = new byte[ZstdCompressor.CompressBound(BlockSizeInBytes)];
        byte[][] frames = [.. blocks.Select(block => buffer[..compressor.Compress(block, buffer)])];
        long size = (long)blocks.Length * BlockSizeInBytes;
        double ratio = (double)size / frames.Sum(frame => (long)frame.Length);
        report.Measure($"zstd {library.Description}, level {level}, {what}, ratio {ratio:F2}", size, () =>
        {
            foreach (byte[] block in blocks)
            {
                compressor.Compress(block, buffer);
            }
        });
        report.Measure($"zstd {library.Description}, level {level}, {what}, decompress", size, () =>
        {
            foreach (byte[] frame in frames)
            {
                decompressor.Decompress(frame, buffer.AsSpan(0, BlockSizeInBytes));
            }
        });
    }

    private static void MeasureProbe(Report report, string what, byte[][] blocks)
        => report.Measure($"compressibility probe, {what}", (long)blocks.Length * BlockSizeInBytes, () =>
        {
            foreach (byte[] block in blocks)
            {
                CompressibilityProbe.LooksCompressible(block);
            }
        });

    private static byte[][] ProgramBlocks()
    {
        string[] paths = Directory.GetFiles(AppContext.BaseDirectory, "*", SearchOption.AllDirectories);
        byte[] programs = [.. paths.Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)];
        return [.. programs.Chunk(BlockSizeInBytes).Where(block => block.Length == BlockSizeInBytes).Take(BlockCountMax)];
    }
}
