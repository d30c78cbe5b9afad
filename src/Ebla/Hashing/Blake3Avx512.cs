using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector512<uint>;

namespace Ebla.Hashing;

/// <summary>BLAKE3 over sixteen inputs side by side: word n of all lanes stands in one AVX-512 register.</summary>
internal static unsafe class Blake3Avx512
{
    public const int Lanes = 16;

    /// <summary>Hashes the sixteen lanes of <paramref name="job"/>.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Hash(ref Blake3Job job)
    {
        byte* scratch = stackalloc byte[17 * sizeof(V)];
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
        V h0 = Vector512.Create(job.Key[0]);
        V h1 = Vector512.Create(job.Key[1]);
        V h2 = Vector512.Create(job.Key[2]);
        V h3 = Vector512.Create(job.Key[3]);
        V h4 = Vector512.Create(job.Key[4]);
        V h5 = Vector512.Create(job.Key[5]);
        V h6 = Vector512.Create(job.Key[6]);
        V h7 = Vector512.Create(job.Key[7]);
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
            V v0 = h0;
            V v1 = h1;
            V v2 = h2;
            V v3 = h3;
            V v4 = h4;
            V v5 = h5;
            V v6 = h6;
            V v7 = h7;
            V v8 = Vector512.Create(Blake3Spec.Iv0);
            V v9 = Vector512.Create(Blake3Spec.Iv1);
            V v10 = Vector512.Create(Blake3Spec.Iv2);
            V v11 = Vector512.Create(Blake3Spec.Iv3);
            V v12 = counterLow;
            V v13 = counterHigh;
            V v14 = Vector512.Create((uint)Blake3Spec.BlockSizeInBytes);
            V v15 = Vector512.Create(flags);
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
            h0 = v0 ^ v8;
            h1 = v1 ^ v9;
            h2 = v2 ^ v10;
            h3 = v3 ^ v11;
            h4 = v4 ^ v12;
            h5 = v5 ^ v13;
            h6 = v6 ^ v14;
            h7 = v7 ^ v15;
        }
        Blake3Avx2.StoreTransposed(
            h0.GetLower(), h1.GetLower(), h2.GetLower(), h3.GetLower(),
            h4.GetLower(), h5.GetLower(), h6.GetLower(), h7.GetLower(), job.Output);
        Blake3Avx2.StoreTransposed(
            h0.GetUpper(), h1.GetUpper(), h2.GetUpper(), h3.GetUpper(),
            h4.GetUpper(), h5.GetUpper(), h6.GetUpper(), h7.GetUpper(),
            job.Output + 8 * Blake3Spec.ChainingValueSizeInBytes);
    }

    /// <summary>One round: columns, then diagonals. Each hexadecimal digit of the order is a word's number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        ref V v0, ref V v1, ref V v2, ref V v3, ref V v4, ref V v5, ref V v6, ref V v7,
        ref V v8, ref V v9, ref V v10, ref V v11, ref V v12, ref V v13, ref V v14, ref V v15,
        V* m, ulong order)
    {
        Mix(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7,
            ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, order >> 32);
        Mix(ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4,
            ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14, m, order);
    }

    /// <summary>Four independent quarter rounds, step by step, so that they run side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(
        ref V a0, ref V a1, ref V a2, ref V a3, ref V b0, ref V b1, ref V b2, ref V b3,
        ref V c0, ref V c1, ref V c2, ref V c3, ref V d0, ref V d1, ref V d2, ref V d3,
        V* m, ulong order)
    {
        a0 = a0 + m[(order >> 28) & 15] + b0;
        a1 = a1 + m[(order >> 20) & 15] + b1;
        a2 = a2 + m[(order >> 12) & 15] + b2;
        a3 = a3 + m[(order >> 4) & 15] + b3;
        d0 = Avx512F.RotateRight(d0 ^ a0, 16);
        d1 = Avx512F.RotateRight(d1 ^ a1, 16);
        d2 = Avx512F.RotateRight(d2 ^ a2, 16);
        d3 = Avx512F.RotateRight(d3 ^ a3, 16);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 = Avx512F.RotateRight(b0 ^ c0, 12);
        b1 = Avx512F.RotateRight(b1 ^ c1, 12);
        b2 = Avx512F.RotateRight(b2 ^ c2, 12);
        b3 = Avx512F.RotateRight(b3 ^ c3, 12);
        a0 = a0 + m[(order >> 24) & 15] + b0;
        a1 = a1 + m[(order >> 16) & 15] + b1;
        a2 = a2 + m[(order >> 8) & 15] + b2;
        a3 = a3 + m[order & 15] + b3;
        d0 = Avx512F.RotateRight(d0 ^ a0, 8);
        d1 = Avx512F.RotateRight(d1 ^ a1, 8);
        d2 = Avx512F.RotateRight(d2 ^ a2, 8);
        d3 = Avx512F.RotateRight(d3 ^ a3, 8);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 = Avx512F.RotateRight(b0 ^ c0, 7);
        b1 = Avx512F.RotateRight(b1 ^ c1, 7);
        b2 = Avx512F.RotateRight(b2 ^ c2, 7);
        b3 = Avx512F.RotateRight(b3 ^ c3, 7);
    }

    /// <summary>Loads one block of every lane; word n of the block goes to m[n].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadTransposed(ref Blake3Job job, nint offset, V* m)
    {
        LoadFour(ref job, 0, offset, out V r00, out V r01, out V r02, out V r03);
        LoadFour(ref job, 4, offset, out V r10, out V r11, out V r12, out V r13);
        LoadFour(ref job, 8, offset, out V r20, out V r21, out V r22, out V r23);
        LoadFour(ref job, 12, offset, out V r30, out V r31, out V r32, out V r33);
        StoreFour(r00, r10, r20, r30, m + 0);
        StoreFour(r01, r11, r21, r31, m + 1);
        StoreFour(r02, r12, r22, r32, m + 2);
        StoreFour(r03, r13, r23, r33, m + 3);
    }

    /// <summary>Four lanes; 128-bit part p of result n holds word 4p + n of each of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadFour(
        ref Blake3Job job, int lane, nint offset, out V word0, out V word1, out V word2, out V word3)
    {
        V a = Vector512.Load((uint*)(job[lane] + offset));
        V b = Vector512.Load((uint*)(job[lane + 1] + offset));
        V c = Vector512.Load((uint*)(job[lane + 2] + offset));
        V d = Vector512.Load((uint*)(job[lane + 3] + offset));
        Vector512<ulong> ab01 = Avx512F.UnpackLow(a, b).AsUInt64();
        Vector512<ulong> ab23 = Avx512F.UnpackHigh(a, b).AsUInt64();
        Vector512<ulong> cd01 = Avx512F.UnpackLow(c, d).AsUInt64();
        Vector512<ulong> cd23 = Avx512F.UnpackHigh(c, d).AsUInt64();
        word0 = Avx512F.UnpackLow(ab01, cd01).AsUInt32();
        word1 = Avx512F.UnpackHigh(ab01, cd01).AsUInt32();
        word2 = Avx512F.UnpackLow(ab23, cd23).AsUInt32();
        word3 = Avx512F.UnpackHigh(ab23, cd23).AsUInt32();
    }

    /// <summary>Transposes the 128-bit parts of four registers, which hold four lanes each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour(V lanes0, V lanes4, V lanes8, V lanes12, V* m)
    {
        V low0 = Avx512F.Shuffle4x128(lanes0, lanes4, 0x44);
        V low8 = Avx512F.Shuffle4x128(lanes8, lanes12, 0x44);
        V high0 = Avx512F.Shuffle4x128(lanes0, lanes4, 0xEE);
        V high8 = Avx512F.Shuffle4x128(lanes8, lanes12, 0xEE);
        m[0] = Avx512F.Shuffle4x128(low0, low8, 0x88);
        m[4] = Avx512F.Shuffle4x128(low0, low8, 0xDD);
        m[8] = Avx512F.Shuffle4x128(high0, high8, 0x88);
        m[12] = Avx512F.Shuffle4x128(high0, high8, 0xDD);
    }
}
