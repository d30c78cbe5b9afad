using System.Runtime.InteropServices;
using Ebla.Chunking;

namespace Ebla.Bench;

/// <summary>The whole of the chunker, skipped minimum and decisions included. The decision here costs next to nothing.</summary>
internal static class ChunkingBenchmarks
{
    private const int SizeInBytes = 16 << 20;

    public static void Run(Report report)
    {
        Random random = new(1);
        byte[] data = new byte[SizeInBytes];
        random.NextBytes(data);
        ulong[] gearTable = new ulong[256];
        random.NextBytes(MemoryMarshal.AsBytes(gearTable.AsSpan()));
        foreach (int averageInKiB in (int[])[16, 64, 256, 1024])
        {
            ChunkerParameters parameters = ChunkerParameters.ForAverage(averageInKiB << 10);
            Chunker<MixDecision> chunker = new(parameters, gearTable, new MixDecision(random.NextInt64()));
            report.Measure($"chunk, average {averageInKiB} KiB, random", data.Length, () => CutAll(chunker, data));
        }
        byte[] zeros = new byte[SizeInBytes];
        Chunker<MixDecision> zeroChunker = new(ChunkerParameters.ForAverage(64 << 10), gearTable, new MixDecision(1));
        report.Measure("chunk, average 64 KiB, zeros", zeros.Length, () => CutAll(zeroChunker, zeros));
    }

    private static void CutAll(Chunker<MixDecision> chunker, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            data = data[chunker.FindCut(data, isEnd: true)..];
        }
    }

    private readonly struct MixDecision(long key) : ICutDecision
    {
        public ulong Decide(ReadOnlySpan<byte> window)
        {
            ulong value = (ulong)key;
            foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(window))
            {
                value = unchecked((value ^ word) * 0x9E3779B97F4A7C15);
                value ^= value >> 32;
            }
            return value;
        }
    }
}
