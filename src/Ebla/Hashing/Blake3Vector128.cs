using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector128<uint>;

namespace Ebla.Hashing;

/// <summary>BLAKE3 over four inputs side by side: word n of all lanes stands in one register (SSE, NEON).</summary>
internal static unsafe class Blake3Vector128
{
    public const int Lanes = 4;

    /// <summary>Hashes the four lanes of <paramref name="job"/>.</summary>
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
        V h0 = Vector128.Create(job.Key[0]);
        V h1 = Vector128.Create(job.Key[1]);
        V h2 = Vector128.Create(job.Key[2]);
        V h3 = Vector128.Create(job.Key[3]);
        V h4 = Vector128.Create(job.Key[4]);
        V h5 = Vector128.Create(job.Key[5]);
        V h6 = Vector128.Create(job.Key[6]);
        V h7 = Vector128.Create(job.Key[7]);
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
            V v8 = Vector128.Create(Blake3Spec.Iv0);
            V v9 = Vector128.Create(Blake3Spec.Iv1);
            V v10 = Vector128.Create(Blake3Spec.Iv2);
            V v11 = Vector128.Create(Blake3Spec.Iv3);
            V v12 = counterLow;
            V v13 = counterHigh;
            V v14 = Vector128.Create((uint)Blake3Spec.BlockSizeInBytes);
            V v15 = Vector128.Create(flags);
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
        Transpose(h0, h1, h2, h3, out V low0, out V low1, out V low2, out V low3);
        Transpose(h4, h5, h6, h7, out V high0, out V high1, out V high2, out V high3);
        uint* output = (uint*)job.Output;
        low0.Store(output + 0);
        high0.Store(output + 4);
        low1.Store(output + 8);
        high1.Store(output + 12);
        low2.Store(output + 16);
        high2.Store(output + 20);
        low3.Store(output + 24);
        high3.Store(output + 28);
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
        d0 = Blake3Rows.RotateRight16(d0 ^ a);
        a = m[17] + m[(order >> 20) & 15] + b1;
        m[17] = a;
        d1 = Blake3Rows.RotateRight16(d1 ^ a);
        a = m[18] + m[(order >> 12) & 15] + b2;
        m[18] = a;
        d2 = Blake3Rows.RotateRight16(d2 ^ a);
        a = m[19] + m[(order >> 4) & 15] + b3;
        m[19] = a;
        d3 = Blake3Rows.RotateRight16(d3 ^ a);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 = Blake3Rows.RotateRight12(b0 ^ c0);
        b1 = Blake3Rows.RotateRight12(b1 ^ c1);
        b2 = Blake3Rows.RotateRight12(b2 ^ c2);
        b3 = Blake3Rows.RotateRight12(b3 ^ c3);
        a = m[16] + m[(order >> 24) & 15] + b0;
        m[16] = a;
        d0 = Blake3Rows.RotateRight8(d0 ^ a);
        a = m[17] + m[(order >> 16) & 15] + b1;
        m[17] = a;
        d1 = Blake3Rows.RotateRight8(d1 ^ a);
        a = m[18] + m[(order >> 8) & 15] + b2;
        m[18] = a;
        d2 = Blake3Rows.RotateRight8(d2 ^ a);
        a = m[19] + m[order & 15] + b3;
        m[19] = a;
        d3 = Blake3Rows.RotateRight8(d3 ^ a);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 = Blake3Rows.RotateRight7(b0 ^ c0);
        b1 = Blake3Rows.RotateRight7(b1 ^ c1);
        b2 = Blake3Rows.RotateRight7(b2 ^ c2);
        b3 = Blake3Rows.RotateRight7(b3 ^ c3);
    }

    /// <summary>Loads one block of every lane; word n of the block goes to m[n].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadTransposed(ref Blake3Job job, nint offset, V* m)
    {
        for (int quarter = 0; quarter < 4; quarter++)
        {
            V r0 = Vector128.Load((uint*)(job[0] + offset));
            V r1 = Vector128.Load((uint*)(job[1] + offset));
            V r2 = Vector128.Load((uint*)(job[2] + offset));
            V r3 = Vector128.Load((uint*)(job[3] + offset));
            Transpose(r0, r1, r2, r3, out m[0], out m[1], out m[2], out m[3]);
            m += 4;
            offset += sizeof(V);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(V a, V b, V c, V d, out V word0, out V word1, out V word2, out V word3)
    {
        Vector128<ulong> ab01 = InterleaveLow(a, b).AsUInt64();
        Vector128<ulong> ab23 = InterleaveHigh(a, b).AsUInt64();
        Vector128<ulong> cd01 = InterleaveLow(c, d).AsUInt64();
        Vector128<ulong> cd23 = InterleaveHigh(c, d).AsUInt64();
        word0 = InterleaveLow(ab01, cd01).AsUInt32();
        word1 = InterleaveHigh(ab01, cd01).AsUInt32();
        word2 = InterleaveLow(ab23, cd23).AsUInt32();
        word3 = InterleaveHigh(ab23, cd23).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V InterleaveLow(V a, V b)
        => Sse2.IsSupported ? Sse2.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> InterleaveLow(Vector128<ulong> a, Vector128<ulong> b)
        => Sse2.IsSupported ? Sse2.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V InterleaveHigh(V a, V b)
        => Sse2.IsSupported ? Sse2.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> InterleaveHigh(Vector128<ulong> a, Vector128<ulong> b)
        => Sse2.IsSupported ? Sse2.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[1], b[1]);
}
