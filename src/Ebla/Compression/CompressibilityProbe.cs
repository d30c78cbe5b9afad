using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Ebla.Compression;

/// <summary>A quick guess, from samples, at whether compressing a block is worth the time.</summary>
internal static class CompressibilityProbe
{
    /// <summary>Below this the answer is always yes: compressing costs no more than probing.</summary>
    public const int ProbedSizeMin = 128 << 10;

    /// <summary>One page: enough for its histogram to tell a gain of 3 % from chance by far.</summary>
    private const int SampleSizeInBytes = 4096;

    /// <summary>Blocks are about 1 MiB, so this samples 1/32; changes of content within a block that are longer than 128 KiB are seen.</summary>
    private const int SampleCount = 8;

    /// <summary>
    /// The sum of the squares of byte counts in a sample, from which on an order-0 code saves about 3 %. Even bytes give 69,632 (standard
    /// deviation 361); entropy is then 8 - (sum - 69,632) / (32 * 4096 * ln 2) bits, near enough.
    /// </summary>
    private const uint SquaresOfSkewedBytes = 69_632 + 21_800;

    private const int SequenceTableBits = 10;

    private const int SequenceSizeInBytes = 8;

    /// <summary>Repeated 8-byte sequences in a sample that make up 3 % of it. In random bytes there are none.</summary>
    private const int RepeatCountMin = SampleSizeInBytes / SequenceSizeInBytes / 32;

    /// <summary>Whether the block may shrink by 3 % or more.</summary>
    /// <returns>
    /// False only if no sample has uneven bytes or repeats itself: encrypted data, and most of what is compressed already. What
    /// repeats only at distances over 4 KiB, of otherwise random bytes, is missed.
    /// </returns>
    public static bool LooksCompressible(ReadOnlySpan<byte> block)
    {
        if (block.Length < ProbedSizeMin)
        {
            return true;
        }
        // The first sample leaves out the start, where headers stand that say nothing about the rest.
        int stride = block.Length / SampleCount;
        for (int offset = (stride - SampleSizeInBytes) / 2; offset + SampleSizeInBytes <= block.Length; offset += stride)
        {
            ReadOnlySpan<byte> sample = block.Slice(offset, SampleSizeInBytes);
            if (HasSkewedBytes(sample) || RepeatsItself(sample))
            {
                return true;
            }
        }
        return false;
    }

    /// <remarks>Two tables, as runs of one byte would wait for the last increment of its one counter.</remarks>
    [SkipLocalsInit]
    private static bool HasSkewedBytes(ReadOnlySpan<byte> sample)
    {
        Span<ushort> even = stackalloc ushort[256];
        Span<ushort> odd = stackalloc ushort[256];
        even.Clear();
        odd.Clear();
        for (int index = 0; index + 1 < sample.Length; index += 2)
        {
            even[sample[index]]++;
            odd[sample[index + 1]]++;
        }
        uint squares = 0;
        for (int value = 0; value < 256; value++)
        {
            uint count = (uint)even[value] + odd[value];
            squares += count * count;
        }
        return squares >= SquaresOfSkewedBytes;
    }

    private static bool RepeatsItself(ReadOnlySpan<byte> sample)
    {
        Span<ushort> lastSeen = stackalloc ushort[1 << SequenceTableBits];
        int repeatCount = 0;
        int index = 0;
        while (index + SequenceSizeInBytes <= sample.Length)
        {
            ulong sequence = BinaryPrimitives.ReadUInt64LittleEndian(sample[index..]);
            int slot = (int)(unchecked(sequence * 0x9E3779B97F4A7C15) >> (64 - SequenceTableBits));
            int candidate = lastSeen[slot];
            lastSeen[slot] = (ushort)index;
            // An empty slot says 0, which is a place like any other: only the place itself is no repeat.
            if (candidate != index && BinaryPrimitives.ReadUInt64LittleEndian(sample[candidate..]) == sequence)
            {
                repeatCount++;
                if (repeatCount >= RepeatCountMin)
                {
                    return true;
                }
                index += SequenceSizeInBytes;
            }
            else
            {
                index++;
            }
        }
        return false;
    }
}
