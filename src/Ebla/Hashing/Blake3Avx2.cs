using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector256<uint>;

namespace Ebla.Hashing;

/// <summary>BLAKE3 over eight inputs side by side: word n of all lanes stands in one AVX2 register.</summary>
internal static unsafe class Blake3Avx2
{
    public const int Lanes = 8;

    /// <summary>Hashes the eight lanes of <paramref name="job"/>.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Hash(ref Blake3Job job)
    {
        byte* scratch = stackalloc byte[21 * sizeof(V)];
        V* m = (V*)(((nuint)scratch + (nuint)sizeof(V) - 1) & ~((nuint)sizeof(V) - 1));
        uint* words = (uint*)m;
        for (int lane = 0; lane < Lanes; lane++)
        {
            ulong counter = job.Counter + job.CounterStep * (ulong)lane;
            words[lane] = unchecked((uint)counter);
            words[Lanes + lane] = (uint)(counter >> 32);
        }
        V counterLow = m[0];
        V counterHigh = m[1];
        V h0 = Vector256.Create(job.Key[0]);
        V h1 = Vector256.Create(job.Key[1]);
        V h2 = Vector256.Create(job.Key[2]);
        V h3 = Vector256.Create(job.Key[3]);
        V h4 = Vector256.Create(job.Key[4]);
        V h5 = Vector256.Create(job.Key[5]);
        V h6 = Vector256.Create(job.Key[6]);
        V h7 = Vector256.Create(job.Key[7]);
        int blockCount = job.BlockCount;
        for (int block = 0; block < blockCount; block++)
        {
            if (block == job.ShortLaneBlockCount)
            {
                m[0] = h0;
                m[1] = h1;
                m[2] = h2;
                m[3] = h3;
                m[4] = h4;
                m[5] = h5;
                m[6] = h6;
                m[7] = h7;
                job.KeepShortLane(words, Lanes);
            }
            uint flags = job.FlagsOf(block);
            LoadTransposed(ref job, block * Blake3Spec.BlockSizeInBytes, m);
            m[16] = h0;
            m[17] = h1;
            m[18] = h2;
            m[19] = h3;
            V v4 = h4;
            V v5 = h5;
            V v6 = h6;
            V v7 = h7;
            V v8 = Vector256.Create(Blake3Spec.Iv0);
            V v9 = Vector256.Create(Blake3Spec.Iv1);
            V v10 = Vector256.Create(Blake3Spec.Iv2);
            V v11 = Vector256.Create(Blake3Spec.Iv3);
            V v12 = counterLow;
            V v13 = counterHigh;
            V v14 = Vector256.Create((uint)Blake3Spec.BlockSizeInBytes);
            V v15 = Vector256.Create(flags);
            Round(ref v4, ref v5, ref v6, ref v7,
                ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, 0x01234567_89ABCDEF);
            Round(ref v4, ref v5, ref v6, ref v7,
                ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, 0x263A704D_1BC59EF8);
            Round(ref v4, ref v5, ref v6, ref v7,
                ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, 0x34ACD27E_6590BF81);
            Round(ref v4, ref v5, ref v6, ref v7,
                ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, 0xA7C9E3DF_40B25816);
            Round(ref v4, ref v5, ref v6, ref v7,
                ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, 0xCD9BFAE8_72530164);
            Round(ref v4, ref v5, ref v6, ref v7,
                ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, 0x9EB58CF1_D30A2647);
            Round(ref v4, ref v5, ref v6, ref v7,
                ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, 0xBF501986_EA2C347D);
            h0 = m[16] ^ v8;
            h1 = m[17] ^ v9;
            h2 = m[18] ^ v10;
            h3 = m[19] ^ v11;
            h4 = v4 ^ v12;
            h5 = v5 ^ v13;
            h6 = v6 ^ v14;
            h7 = v7 ^ v15;
        }
        StoreTransposed(h0, h1, h2, h3, h4, h5, h6, h7, job.Output);
    }

    /// <summary>One round: columns, then diagonals. Each hexadecimal digit of the order is a word's number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        ref V v4, ref V v5, ref V v6, ref V v7,
        ref V v8, ref V v9, ref V v10, ref V v11, ref V v12, ref V v13, ref V v14, ref V v15,
        V* m, ulong order)
    {
        Mix(ref v4, ref v5, ref v6, ref v7,
            ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, order >> 32);
        Mix(ref v5, ref v6, ref v7, ref v4,
            ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14, m, order);
    }

    /// <summary>Four independent quarter rounds, step by step, so that they run side by side.</summary>
    /// <remarks>
    /// The first row of the state, which is needed least, stands in memory behind the message. With 16 registers the
    /// whole state would fill them all and the compiler spill at nearly every step: this is twice as fast.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(
        ref V b0, ref V b1, ref V b2, ref V b3,
        ref V c0, ref V c1, ref V c2, ref V c3, ref V d0, ref V d1, ref V d2, ref V d3,
        V* m, ulong order)
    {
        V a = m[16] + m[(order >> 28) & 15] + b0;
        m[16] = a;
        d0 = RotateRight16(d0 ^ a);
        a = m[17] + m[(order >> 20) & 15] + b1;
        m[17] = a;
        d1 = RotateRight16(d1 ^ a);
        a = m[18] + m[(order >> 12) & 15] + b2;
        m[18] = a;
        d2 = RotateRight16(d2 ^ a);
        a = m[19] + m[(order >> 4) & 15] + b3;
        m[19] = a;
        d3 = RotateRight16(d3 ^ a);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 = RotateRight12(b0 ^ c0);
        b1 = RotateRight12(b1 ^ c1);
        b2 = RotateRight12(b2 ^ c2);
        b3 = RotateRight12(b3 ^ c3);
        a = m[16] + m[(order >> 24) & 15] + b0;
        m[16] = a;
        d0 = RotateRight8(d0 ^ a);
        a = m[17] + m[(order >> 16) & 15] + b1;
        m[17] = a;
        d1 = RotateRight8(d1 ^ a);
        a = m[18] + m[(order >> 8) & 15] + b2;
        m[18] = a;
        d2 = RotateRight8(d2 ^ a);
        a = m[19] + m[order & 15] + b3;
        m[19] = a;
        d3 = RotateRight8(d3 ^ a);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 = RotateRight7(b0 ^ c0);
        b1 = RotateRight7(b1 ^ c1);
        b2 = RotateRight7(b2 ^ c2);
        b3 = RotateRight7(b3 ^ c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V RotateRight16(V x) => Avx512F.VL.IsSupported
        ? Avx512F.VL.RotateRight(x, 16)
        : Avx2.Shuffle(
            x.AsByte(),
            Vector256.Create(
                (byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13,
                2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V RotateRight8(V x) => Avx512F.VL.IsSupported
        ? Avx512F.VL.RotateRight(x, 8)
        : Avx2.Shuffle(
            x.AsByte(),
            Vector256.Create(
                (byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12,
                1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V RotateRight12(V x) => Avx512F.VL.IsSupported
        ? Avx512F.VL.RotateRight(x, 12)
        : (x >>> 12) | (x << 20);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V RotateRight7(V x) => Avx512F.VL.IsSupported
        ? Avx512F.VL.RotateRight(x, 7)
        : (x >>> 7) | (x << 25);

    /// <summary>Loads one block of every lane; word n of the block goes to m[n].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadTransposed(ref Blake3Job job, nint offset, V* m)
    {
        for (int half = 0; half < 2; half++)
        {
            V r0 = Vector256.Load((uint*)(job[0] + offset));
            V r1 = Vector256.Load((uint*)(job[1] + offset));
            V r2 = Vector256.Load((uint*)(job[2] + offset));
            V r3 = Vector256.Load((uint*)(job[3] + offset));
            V r4 = Vector256.Load((uint*)(job[4] + offset));
            V r5 = Vector256.Load((uint*)(job[5] + offset));
            V r6 = Vector256.Load((uint*)(job[6] + offset));
            V r7 = Vector256.Load((uint*)(job[7] + offset));
            Transpose(r0, r1, r2, r3, r4, r5, r6, r7, m);
            m += 8;
            offset += sizeof(V);
        }
    }

    /// <summary>Writes eight state words of eight lanes as eight chaining values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StoreTransposed(V h0, V h1, V h2, V h3, V h4, V h5, V h6, V h7, byte* output)
        => Transpose(h0, h1, h2, h3, h4, h5, h6, h7, (V*)output);

    /// <summary>Writes the transpose of eight registers of eight words; the target need not be aligned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(V r0, V r1, V r2, V r3, V r4, V r5, V r6, V r7, V* target)
    {
        TransposeQuads(r0, r1, r2, r3, out V low0, out V low1, out V low2, out V low3);
        TransposeQuads(r4, r5, r6, r7, out V high0, out V high1, out V high2, out V high3);
        Avx2.Permute2x128(low0, high0, 0x20).Store((uint*)(target + 0));
        Avx2.Permute2x128(low1, high1, 0x20).Store((uint*)(target + 1));
        Avx2.Permute2x128(low2, high2, 0x20).Store((uint*)(target + 2));
        Avx2.Permute2x128(low3, high3, 0x20).Store((uint*)(target + 3));
        Avx2.Permute2x128(low0, high0, 0x31).Store((uint*)(target + 4));
        Avx2.Permute2x128(low1, high1, 0x31).Store((uint*)(target + 5));
        Avx2.Permute2x128(low2, high2, 0x31).Store((uint*)(target + 6));
        Avx2.Permute2x128(low3, high3, 0x31).Store((uint*)(target + 7));
    }

    /// <summary>Transposes the 4 x 4 words in each 128-bit half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeQuads(V a, V b, V c, V d, out V word0, out V word1, out V word2, out V word3)
    {
        Vector256<ulong> ab01 = Avx2.UnpackLow(a, b).AsUInt64();
        Vector256<ulong> ab23 = Avx2.UnpackHigh(a, b).AsUInt64();
        Vector256<ulong> cd01 = Avx2.UnpackLow(c, d).AsUInt64();
        Vector256<ulong> cd23 = Avx2.UnpackHigh(c, d).AsUInt64();
        word0 = Avx2.UnpackLow(ab01, cd01).AsUInt32();
        word1 = Avx2.UnpackHigh(ab01, cd01).AsUInt32();
        word2 = Avx2.UnpackLow(ab23, cd23).AsUInt32();
        word3 = Avx2.UnpackHigh(ab23, cd23).AsUInt32();
    }
}
