using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ebla.Hashing;

/// <summary>BLAKE3's compression in plain integers, where there are no vectors, and to test the others.</summary>
internal static unsafe class Blake3Scalar
{
    /// <summary>Compresses one block into the chaining value <paramref name="state"/> (eight words).</summary>
    [SkipLocalsInit]
    public static void Compress(uint* state, byte* block, uint blockSize, ulong counter, uint flags)
    {
        uint* output = stackalloc uint[16];
        CompressExtended(state, block, blockSize, counter, flags, output);
        new ReadOnlySpan<uint>(output, Blake3Spec.ChainingValueSizeInWords)
            .CopyTo(new Span<uint>(state, Blake3Spec.ChainingValueSizeInWords));
    }

    /// <summary>Compresses one block into sixteen words of output, for the root.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void CompressExtended(
        uint* state, byte* block, uint blockSize, ulong counter, uint flags, uint* output)
    {
        uint* m = (uint*)block;
        uint v0 = state[0];
        uint v1 = state[1];
        uint v2 = state[2];
        uint v3 = state[3];
        uint v4 = state[4];
        uint v5 = state[5];
        uint v6 = state[6];
        uint v7 = state[7];
        uint v8 = Blake3Spec.Iv0;
        uint v9 = Blake3Spec.Iv1;
        uint v10 = Blake3Spec.Iv2;
        uint v11 = Blake3Spec.Iv3;
        uint v12 = unchecked((uint)counter);
        uint v13 = (uint)(counter >> 32);
        uint v14 = blockSize;
        uint v15 = flags;
        Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7,
            ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, 0x01234567_89ABCDEF);
        Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7,
            ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, 0x263A704D_1BC59EF8);
        Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7,
            ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, 0x34ACD27E_6590BF81);
        Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7,
            ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, 0xA7C9E3DF_40B25816);
        Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7,
            ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, 0xCD9BFAE8_72530164);
        Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7,
            ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, 0x9EB58CF1_D30A2647);
        Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7,
            ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, 0xBF501986_EA2C347D);
        output[0] = v0 ^ v8;
        output[1] = v1 ^ v9;
        output[2] = v2 ^ v10;
        output[3] = v3 ^ v11;
        output[4] = v4 ^ v12;
        output[5] = v5 ^ v13;
        output[6] = v6 ^ v14;
        output[7] = v7 ^ v15;
        output[8] = v8 ^ state[0];
        output[9] = v9 ^ state[1];
        output[10] = v10 ^ state[2];
        output[11] = v11 ^ state[3];
        output[12] = v12 ^ state[4];
        output[13] = v13 ^ state[5];
        output[14] = v14 ^ state[6];
        output[15] = v15 ^ state[7];
    }

    /// <summary>One round: columns, then diagonals. Each hexadecimal digit of the order is a word's number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        ref uint v0, ref uint v1, ref uint v2, ref uint v3, ref uint v4, ref uint v5, ref uint v6, ref uint v7,
        ref uint v8, ref uint v9, ref uint v10, ref uint v11, ref uint v12, ref uint v13, ref uint v14, ref uint v15,
        uint* m, ulong order)
    {
        Mix(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7,
            ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, order >> 32);
        Mix(ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4,
            ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14, m, order);
    }

    /// <summary>Four independent quarter rounds, step by step, so that they run side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(
        ref uint a0, ref uint a1, ref uint a2, ref uint a3, ref uint b0, ref uint b1, ref uint b2, ref uint b3,
        ref uint c0, ref uint c1, ref uint c2, ref uint c3, ref uint d0, ref uint d1, ref uint d2, ref uint d3,
        uint* m, ulong order)
    {
        unchecked
        {
            a0 = a0 + m[(order >> 28) & 15] + b0;
            a1 = a1 + m[(order >> 20) & 15] + b1;
            a2 = a2 + m[(order >> 12) & 15] + b2;
            a3 = a3 + m[(order >> 4) & 15] + b3;
            d0 = BitOperations.RotateRight(d0 ^ a0, 16);
            d1 = BitOperations.RotateRight(d1 ^ a1, 16);
            d2 = BitOperations.RotateRight(d2 ^ a2, 16);
            d3 = BitOperations.RotateRight(d3 ^ a3, 16);
            c0 += d0;
            c1 += d1;
            c2 += d2;
            c3 += d3;
            b0 = BitOperations.RotateRight(b0 ^ c0, 12);
            b1 = BitOperations.RotateRight(b1 ^ c1, 12);
            b2 = BitOperations.RotateRight(b2 ^ c2, 12);
            b3 = BitOperations.RotateRight(b3 ^ c3, 12);
            a0 = a0 + m[(order >> 24) & 15] + b0;
            a1 = a1 + m[(order >> 16) & 15] + b1;
            a2 = a2 + m[(order >> 8) & 15] + b2;
            a3 = a3 + m[order & 15] + b3;
            d0 = BitOperations.RotateRight(d0 ^ a0, 8);
            d1 = BitOperations.RotateRight(d1 ^ a1, 8);
            d2 = BitOperations.RotateRight(d2 ^ a2, 8);
            d3 = BitOperations.RotateRight(d3 ^ a3, 8);
            c0 += d0;
            c1 += d1;
            c2 += d2;
            c3 += d3;
            b0 = BitOperations.RotateRight(b0 ^ c0, 7);
            b1 = BitOperations.RotateRight(b1 ^ c1, 7);
            b2 = BitOperations.RotateRight(b2 ^ c2, 7);
            b3 = BitOperations.RotateRight(b3 ^ c3, 7);
        }
    }
}
