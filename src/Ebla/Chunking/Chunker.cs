using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ebla.Chunking;

// CHUNKER, number 1 (docs/format.md, "Chunker").
//
// A Gear hash (Xia et al., "Ddelta", 2014) with a secret table proposes points; a keyed function of the 64 bytes before a point
// decides. A shift of one bit a byte lets the 64-bit hash forget after 64 bytes, so both see the same window, and a cut depends on
// the bytes since the last cut only. From FastCDC (Xia et al., 2016) come the skipped minimum and the normalisation; what differs:
// normalisation acts on the decision, so one threshold serves the whole scan; and the centre is placed so that the mean is the average.

/// <summary>Cuts a stream into chunks at points that its content chooses. Safe for use by several threads.</summary>
/// <typeparam name="TDecision">The keyed function that decides on proposed points.</typeparam>
internal sealed class Chunker<TDecision>
    where TDecision : struct, ICutDecision
{
    /// <summary>The number of entries in the gear table, one for each value of a byte.</summary>
    public const int GearTableLength = 256;

    private const int Window = ChunkerParameters.WindowSizeInBytes;

    /// <summary>Points are proposed at 2^4 times the rate 1/average: 32 times the stricter rate of cuts, 8 times the laxer.</summary>
    private const int ProposalRateLog2 = 4;

    private const ulong StrictDecisionEnd = 1UL << 59;

    private const ulong LaxDecisionEnd = 1UL << 61;

    /// <summary>Below this a second lane costs more for its warm-up than it gains.</summary>
    private const int LaneSizeMin = 64;

    /// <summary>The points of a lane between two branches. The size of a lane is a multiple of it.</summary>
    private const int LaneStep = 2;

    /// <summary>More gains nothing, and every lane is scanned to its end (chunk benchmark: 512 to 2048 are within 5 %).</summary>
    private const int LaneSizeMax = 2048;

    private readonly ulong[] _gearTable;
    private readonly ulong _proposalEnd;
    private readonly int _laneSize;
    private readonly int _min;
    private readonly int _centre;
    private readonly int _max;
    private TDecision _decision;

    /// <summary>Makes a chunker. It copies the table.</summary>
    /// <param name="parameters">The sizes; they are validated.</param>
    /// <param name="gearTable">256 random values, secret.</param>
    /// <param name="decision">The keyed decision.</param>
    /// <exception cref="ArgumentException">The sizes or the length of the table are outside their limits.</exception>
    public Chunker(ChunkerParameters parameters, ReadOnlySpan<ulong> gearTable, TDecision decision)
    {
        parameters.Validate();
        if (gearTable.Length != GearTableLength)
        {
            throw new ArgumentException($"A gear table has {GearTableLength} entries, not {gearTable.Length}.", nameof(gearTable));
        }
        _gearTable = gearTable.ToArray();
        _decision = decision;
        _min = parameters.MinSizeInBytes;
        _centre = parameters.CentreSizeInBytes;
        _max = parameters.MaxSizeInBytes;
        _proposalEnd = 1UL << (64 - BitOperations.Log2((uint)parameters.AverageSizeInBytes) + ProposalRateLog2);
        _laneSize = Math.Min(parameters.AverageSizeInBytes / 32, LaneSizeMax);
    }

    /// <summary>Finds the end of the first chunk.</summary>
    /// <param name="data">
    /// Bytes from the start of a chunk on. Give the maximum size where the stream has as much: a call that returns 0 has scanned all
    /// of it in vain.
    /// </param>
    /// <param name="isEnd">Whether the stream ends after <paramref name="data"/>.</param>
    /// <returns>
    /// The length of the first chunk; or 0 if that takes more data, which can only be while <paramref name="data"/> is shorter than
    /// the maximum and not the end. However the stream is split into calls, the chunks are the same.
    /// </returns>
    public int FindCut(ReadOnlySpan<byte> data, bool isEnd)
    {
        int end = Math.Min(data.Length, _max);
        int cut = end >= _min ? Scan(data[..end]) : 0;
        if (cut != 0)
        {
            return cut;
        }
        return isEnd || end == _max ? end : 0;
    }

    /// <summary>The first cut point of all points from the minimum to the end of <paramref name="data"/>, or 0.</summary>
    [SkipLocalsInit]
    private unsafe int Scan(ReadOnlySpan<byte> data)
    {
        ushort* hits = stackalloc ushort[2 * LaneSizeMax];
        DecidedPoint last = default;
        fixed (byte* bytes = data)
        fixed (ulong* gear = _gearTable)
        {
            // The hash after byte k is that of point k + 1.
            int at = _min - 1;
            ulong hash = WarmUp(bytes + at, gear);
            while (at < data.Length)
            {
                int remaining = data.Length - at;
                int hitCount, secondHitCount = 0;
                int laneSize = Math.Min(_laneSize, remaining / 2 / LaneStep * LaneStep);
                int blockSize = 2 * laneSize;
                if (laneSize >= LaneSizeMin)
                {
                    hitCount = ScanTwoLanes(bytes + at, laneSize, gear, _proposalEnd, hits, ref hash, out secondHitCount);
                }
                else
                {
                    blockSize = Math.Min(remaining, 2 * LaneSizeMin);
                    hitCount = ScanOneLane(bytes + at, blockSize, gear, _proposalEnd, hits, ref hash);
                }
                for (int index = 0; index < hitCount; index++)
                {
                    int point = at + hits[index] + 1;
                    if (IsCut(data, point, ref last))
                    {
                        return point;
                    }
                }
                for (int index = 0; index < secondHitCount; index++)
                {
                    int point = at + laneSize + hits[laneSize + index] + 1;
                    if (IsCut(data, point, ref last))
                    {
                        return point;
                    }
                }
                at += blockSize;
            }
        }
        return 0;
    }

    /// <summary>The hash of the 63 bytes before <paramref name="start"/>: one more byte makes a whole window.</summary>
    /// <remarks>Inlined since a call makes the scan keep its variables in memory.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe ulong WarmUp(byte* start, ulong* gear)
    {
        ulong hash = 0;
        for (int index = 1 - Window; index < 0; index++)
        {
            hash = unchecked((hash << 1) + gear[start[index]]);
        }
        return hash;
    }

    /// <summary>
    /// Hashes twice <paramref name="laneSize"/> bytes as two independent halves, since one hash alone waits for its own last step. Notes
    /// the proposed points of the first half at <paramref name="hits"/>, and those of the second <paramref name="laneSize"/> further on.
    /// </summary>
    /// <remarks>
    /// Without AggressiveOptimization the loop can be caught in slower on-stack-replacement code for a whole run. The one rare branch
    /// around all that is rare keeps it at 2.7 GB/s whatever the compiler guesses about branches; a branch for each point takes it to 1.8.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int ScanTwoLanes(
        byte* first, int laneSize, ulong* gear, ulong proposalEnd, ushort* hits, ref ulong hash, out int secondHitCount)
    {
        byte* second = first + laneSize;
        ushort* secondHits = hits + laneSize;
        ulong firstHash = hash;
        ulong secondHash = WarmUp(second, gear);
        int firstCount = 0;
        int secondCount = 0;
        for (int index = 0; index < laneSize; index += LaneStep)
        {
            ulong firstHash0 = unchecked((firstHash << 1) + gear[first[index]]);
            ulong secondHash0 = unchecked((secondHash << 1) + gear[second[index]]);
            firstHash = unchecked((firstHash0 << 1) + gear[first[index + 1]]);
            secondHash = unchecked((secondHash0 << 1) + gear[second[index + 1]]);
            if (firstHash0 < proposalEnd || secondHash0 < proposalEnd || firstHash < proposalEnd || secondHash < proposalEnd)
            {
                if (firstHash0 < proposalEnd)
                {
                    hits[firstCount++] = (ushort)index;
                }
                if (firstHash < proposalEnd)
                {
                    hits[firstCount++] = (ushort)(index + 1);
                }
                if (secondHash0 < proposalEnd)
                {
                    secondHits[secondCount++] = (ushort)index;
                }
                if (secondHash < proposalEnd)
                {
                    secondHits[secondCount++] = (ushort)(index + 1);
                }
            }
        }
        hash = secondHash;
        secondHitCount = secondCount;
        return firstCount;
    }

    private static unsafe int ScanOneLane(
        byte* start, int sizeInBytes, ulong* gear, ulong proposalEnd, ushort* hits, ref ulong hash)
    {
        int count = 0;
        for (int index = 0; index < sizeInBytes; index++)
        {
            hash = unchecked((hash << 1) + gear[start[index]]);
            if (hash < proposalEnd)
            {
                hits[count++] = (ushort)index;
            }
        }
        return count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsCut(ReadOnlySpan<byte> data, int point, ref DecidedPoint last)
    {
        ReadOnlySpan<byte> window = data.Slice(point - Window, Window);
        if (!window.ContainsAnyExcept(window[0]))
        {
            return false;
        }
        // Periodic data proposes the same window again and again: deciding it once keeps the scan fast.
        if (last.Point == 0 || !window.SequenceEqual(data.Slice(last.Point - Window, Window)))
        {
            last = new DecidedPoint(point, _decision.Decide(window));
        }
        return last.Decision < (point < _centre ? StrictDecisionEnd : LaxDecisionEnd);
    }

    private readonly record struct DecidedPoint(int Point, ulong Decision);
}
