using System.Numerics;
using System.Runtime.CompilerServices;
using Ebla.Primitives;

namespace Ebla.Hashing;

/// <summary>Joins chunks to a tree. Everything here works on memory that the caller has pinned.</summary>
internal static unsafe class Blake3Tree
{
    /// <summary>Chunks hashed at once. More would not be faster; their chaining values stand on the stack.</summary>
    public const int BatchChunksMax = 256;

    /// <summary>The bytes of that many chunks.</summary>
    public const int BatchSizeInBytesMax = BatchChunksMax * Blake3Spec.ChunkSizeInBytes;

    /// <summary>
    /// Blocks of a short last chunk from which a wider kernel for all is faster than to hash them alone (bench: hash).
    /// </summary>
    private const int RestBlocksForWiderKernel = 8;

    private const int BatchOutputSizeInBytes =
        (BatchChunksMax + Blake3Kernels.LanesMax) * Blake3Spec.ChainingValueSizeInBytes;

    /// <summary>
    /// Adds a complete subtree to the stack and merges what is complete by it. More input must follow: the root is not
    /// to be merged as an inner node.
    /// </summary>
    /// <param name="level">The widest kernel to use.</param>
    /// <param name="input">The subtree's bytes.</param>
    /// <param name="chunkCount">A power of two up to <see cref="BatchChunksMax"/> that divides
    /// <paramref name="counter"/>.</param>
    /// <param name="counter">The chunks before these.</param>
    /// <param name="key">Eight words.</param>
    /// <param name="flags">The mode.</param>
    /// <param name="stack">The chaining values of the complete subtrees so far, the oldest and largest first.</param>
    /// <param name="stackCount">How many they are.</param>
    [SkipLocalsInit]
    public static void Push(
        Blake3Level level, byte* input, int chunkCount, ulong counter, uint* key, uint flags,
        byte* stack, ref int stackCount)
    {
        byte* values = stackalloc byte[BatchOutputSizeInBytes];
        int count = HashChunks(level, input, chunkCount * Blake3Spec.ChunkSizeInBytes, counter, key, flags, values);
        while (count > 1)
        {
            count = JoinPairs(level, values, count, key, flags);
        }
        CopyValue(values, stack + stackCount * Blake3Spec.ChainingValueSizeInBytes);
        stackCount++;
        ulong subtrees = (counter + (ulong)chunkCount) >> BitOperations.TrailingZeroCount(chunkCount);
        for (int merges = BitOperations.TrailingZeroCount(subtrees); merges > 0; merges--)
        {
            stackCount--;
            byte* pair = stack + (stackCount - 1) * Blake3Spec.ChainingValueSizeInBytes;
            Blake3Node.ForParent(out Blake3Node parent, pair, key, flags);
            parent.WriteChainingValue(level, pair);
        }
    }

    /// <summary>Makes the root out of the stack, which is only read, and the last bytes.</summary>
    /// <param name="level">The widest kernel to use.</param>
    /// <param name="input">The last bytes: at least one, unless there are none at all.</param>
    /// <param name="length">At most <see cref="BatchSizeInBytesMax"/>.</param>
    /// <param name="counter">The chunks before these.</param>
    /// <param name="key">Eight words.</param>
    /// <param name="flags">The mode.</param>
    /// <param name="stack">As left by <see cref="Push"/>.</param>
    /// <param name="stackCount">How many values stand there.</param>
    /// <param name="root">The root, before its last compression.</param>
    [SkipLocalsInit]
    public static void Finish(
        Blake3Level level, byte* input, int length, ulong counter, uint* key, uint flags,
        byte* stack, int stackCount, out Blake3Node root)
    {
        if (length <= Blake3Spec.ChunkSizeInBytes)
        {
            OpenChunk(level, input, length, counter, key, flags, out root);
        }
        else
        {
            byte* values = stackalloc byte[BatchOutputSizeInBytes];
            int count = HashChunks(level, input, length, counter, key, flags, values);
            while (count > 2)
            {
                count = JoinPairs(level, values, count, key, flags);
            }
            Blake3Node.ForParent(out root, values, key, flags);
        }
        byte* pair = stackalloc byte[Blake3Spec.BlockSizeInBytes];
        while (stackCount > 0)
        {
            stackCount--;
            CopyValue(stack + stackCount * Blake3Spec.ChainingValueSizeInBytes, pair);
            root.WriteChainingValue(level, pair + Blake3Spec.ChainingValueSizeInBytes);
            Blake3Node.ForParent(out root, pair, key, flags);
        }
    }

    /// <summary>Hashes a chunk up to its last block.</summary>
    [SkipLocalsInit]
    private static void OpenChunk(
        Blake3Level level, byte* input, int length, ulong counter, uint* key, uint flags, out Blake3Node node)
    {
        uint* state = stackalloc uint[Blake3Spec.ChainingValueSizeInWords];
        CopyValue((byte*)key, (byte*)state);
        uint first = Blake3Spec.ChunkStart;
        while (length > Blake3Spec.BlockSizeInBytes)
        {
            Blake3Kernels.Compress(level, state, input, Blake3Spec.BlockSizeInBytes, counter, flags | first);
            first = 0;
            input += Blake3Spec.BlockSizeInBytes;
            length -= Blake3Spec.BlockSizeInBytes;
        }
        Blake3Node.ForBlock(out node, state, input, length, counter, flags | first | Blake3Spec.ChunkEnd);
    }

    /// <summary>Hashes chunks, of which the last may be short, to chaining values; returns how many.</summary>
    private static int HashChunks(
        Blake3Level level, byte* input, int length, ulong counter, uint* key, uint flags, byte* output)
    {
        Invariant.Check(length is > 0 and <= BatchSizeInBytesMax);
        int wholeCount = length / Blake3Spec.ChunkSizeInBytes;
        int rest = length % Blake3Spec.ChunkSizeInBytes;

        // The whole blocks of a short last chunk, but its last block, can ride in a lane that would be spare.
        int restBlocks = rest == 0 ? 0 : (rest - 1) / Blake3Spec.BlockSizeInBytes;
        bool rode = false;
        Unsafe.SkipInit(out Blake3Job job);
        job.Key = key;
        job.CounterStep = 1;
        job.BlockCount = Blake3Spec.BlocksPerChunk;
        job.Flags = flags;
        job.FirstFlags = Blake3Spec.ChunkStart;
        job.LastFlags = Blake3Spec.ChunkEnd;
        int done = 0;
        while (done < wholeCount)
        {
            byte* chunk = input + done * Blake3Spec.ChunkSizeInBytes;
            byte* value = output + done * Blake3Spec.ChainingValueSizeInBytes;
            int left = wholeCount - done;
            int lanes = Blake3Kernels.LanesFor(level, left + (restBlocks >= RestBlocksForWiderKernel ? 1 : 0));
            if (lanes == 1)
            {
                OpenChunk(
                    level, chunk, Blake3Spec.ChunkSizeInBytes, counter + (ulong)done, key, flags, out Blake3Node node);
                node.WriteChainingValue(level, value);
                done++;
                continue;
            }
            job.Output = value;
            job.Counter = counter + (ulong)done;
            job.ShortLaneBlockCount = -1;
            for (int lane = 0; lane < lanes; lane++)
            {
                job[lane] = lane < left ? chunk + lane * Blake3Spec.ChunkSizeInBytes : chunk;
            }
            if (left < lanes && restBlocks > 0)
            {
                rode = true;
                job.ShortLane = left;
                job.ShortLaneBlockCount = restBlocks;
                job[left] = chunk + left * Blake3Spec.ChunkSizeInBytes;
            }
            Blake3Kernels.Hash(lanes, ref job);
            done += Math.Min(lanes, left);
        }
        if (rest > 0)
        {
            byte* chunk = input + wholeCount * Blake3Spec.ChunkSizeInBytes;
            Blake3Node node;
            if (rode)
            {
                int skipped = restBlocks * Blake3Spec.BlockSizeInBytes;
                Blake3Node.ForBlock(
                    out node, job.ShortLaneState, chunk + skipped, rest - skipped, counter + (ulong)wholeCount,
                    flags | Blake3Spec.ChunkEnd);
            }
            else
            {
                OpenChunk(level, chunk, rest, counter + (ulong)wholeCount, key, flags, out node);
            }
            node.WriteChainingValue(level, output + wholeCount * Blake3Spec.ChainingValueSizeInBytes);
            wholeCount++;
        }
        return wholeCount;
    }

    /// <summary>Replaces pairs of chaining values by their parents, in place; an odd one is carried along.</summary>
    private static int JoinPairs(Blake3Level level, byte* values, int count, uint* key, uint flags)
    {
        int pairs = count / 2;
        byte* odd = stackalloc byte[Blake3Spec.ChainingValueSizeInBytes];
        if (count % 2 != 0)
        {
            // The void results of spare lanes may overwrite it.
            CopyValue(values + (count - 1) * Blake3Spec.ChainingValueSizeInBytes, odd);
        }
        Unsafe.SkipInit(out Blake3Job job);
        job.Key = key;
        job.Counter = 0;
        job.CounterStep = 0;
        job.BlockCount = 1;
        job.Flags = flags | Blake3Spec.Parent;
        job.FirstFlags = 0;
        job.LastFlags = 0;
        job.ShortLaneBlockCount = -1;
        int done = 0;
        while (done < pairs)
        {
            byte* children = values + done * Blake3Spec.BlockSizeInBytes;
            byte* parent = values + done * Blake3Spec.ChainingValueSizeInBytes;
            int left = pairs - done;
            int lanes = Blake3Kernels.LanesFor(level, left);
            if (lanes == 1)
            {
                Blake3Node.ForParent(out Blake3Node node, children, key, flags);
                node.WriteChainingValue(level, parent);
                done++;
                continue;
            }
            job.Output = parent;
            for (int lane = 0; lane < lanes; lane++)
            {
                job[lane] = lane < left ? children + lane * Blake3Spec.BlockSizeInBytes : children;
            }
            Blake3Kernels.Hash(lanes, ref job);
            done += Math.Min(lanes, left);
        }
        if (count % 2 != 0)
        {
            CopyValue(odd, values + pairs * Blake3Spec.ChainingValueSizeInBytes);
            pairs++;
        }
        return pairs;
    }

    private static void CopyValue(byte* source, byte* target)
        => Unsafe.CopyBlockUnaligned(target, source, Blake3Spec.ChainingValueSizeInBytes);
}
