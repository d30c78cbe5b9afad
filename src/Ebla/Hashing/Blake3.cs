using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ebla.Primitives;

namespace Ebla.Hashing;

/// <summary>BLAKE3 of data that stands in memory. Nothing is allocated; for data in pieces see
/// <see cref="Blake3Hasher"/>.</summary>
public static class Blake3
{
    /// <summary>Size of the key of <see cref="HashKeyed"/>.</summary>
    public const int KeySizeInBytes = Blake3Spec.KeySizeInBytes;

    /// <summary>The 32-byte hash.</summary>
    public static Hash256 Hash(ReadOnlySpan<byte> data)
        => Hash(Blake3Kernels.Best, MemoryMarshal.AsBytes(Blake3Spec.Iv), 0, data);

    /// <summary>The 32-byte keyed hash, which is also a message authentication code.</summary>
    /// <exception cref="ArgumentException">The key is not 32 bytes long.</exception>
    public static Hash256 HashKeyed(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
        => Hash(Blake3Kernels.Best, key, Blake3Spec.KeyedHash, data);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe Hash256 Hash(Blake3Level level, ReadOnlySpan<byte> key, uint flags, ReadOnlySpan<byte> data)
    {
        RequireKey(key);
        fixed (byte* keyBytes = key)
        fixed (byte* input = data)
        {
            if (data.Length == Blake3Spec.BlockSizeInBytes)
            {
                // Cut decisions hash just this much, once per candidate: a single compression.
                byte* output = stackalloc byte[Hash256.SizeInBytes];
                Unsafe.CopyBlockUnaligned(output, keyBytes, Hash256.SizeInBytes);
                Blake3Kernels.Compress(
                    level, (uint*)output, input, Blake3Spec.BlockSizeInBytes, 0,
                    flags | Blake3Spec.ChunkStart | Blake3Spec.ChunkEnd | Blake3Spec.Root);
                return Hash256.Read(new ReadOnlySpan<byte>(output, Hash256.SizeInBytes));
            }
            return HashAny(level, (uint*)keyBytes, flags, input, data.Length);
        }
    }

    [SkipLocalsInit]
    private static unsafe Hash256 HashAny(Blake3Level level, uint* key, uint flags, byte* input, int length)
    {
        byte* stack = stackalloc byte[(Blake3Spec.TreeDepthMax + 1) * Blake3Spec.ChainingValueSizeInBytes];
        int stackCount = 0;
        ulong counter = 0;
        while (length > Blake3Tree.BatchSizeInBytesMax)
        {
            Blake3Tree.Push(level, input, Blake3Tree.BatchChunksMax, counter, key, flags, stack, ref stackCount);
            input += Blake3Tree.BatchSizeInBytesMax;
            length -= Blake3Tree.BatchSizeInBytesMax;
            counter += Blake3Tree.BatchChunksMax;
        }
        Blake3Tree.Finish(level, input, length, counter, key, flags, stack, stackCount, out Blake3Node root);
        byte* output = stackalloc byte[Hash256.SizeInBytes];
        root.WriteHash(level, output);
        return Hash256.Read(new ReadOnlySpan<byte>(output, Hash256.SizeInBytes));
    }

    internal static void RequireKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeySizeInBytes)
        {
            throw new ArgumentException($"A BLAKE3 key has {KeySizeInBytes} bytes, not {key.Length}.", nameof(key));
        }
    }
}
