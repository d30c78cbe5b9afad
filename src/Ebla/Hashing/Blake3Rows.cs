using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector128<uint>;

namespace Ebla.Hashing;

/// <summary>BLAKE3's compression of a single block: the rows of the state stand in four registers.</summary>
internal static unsafe class Blake3Rows
{
    private const uint None = uint.MaxValue;

    /// <summary>Compresses one block into the chaining value <paramref name="state"/> (eight words).</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Compress(uint* state, byte* block, uint blockSize, ulong counter, uint flags)
    {
        Permute(state, block, blockSize, counter, flags, out V a, out V b, out V c, out V d);
        (a ^ c).Store(state);
        (b ^ d).Store(state + 4);
    }

    /// <summary>Compresses one block into sixteen words of output, for the root.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void CompressExtended(
        uint* state, byte* block, uint blockSize, ulong counter, uint flags, uint* output)
    {
        Permute(state, block, blockSize, counter, flags, out V a, out V b, out V c, out V d);
        (a ^ c).Store(output);
        (b ^ d).Store(output + 4);
        (c ^ Vector128.Load(state)).Store(output + 8);
        (d ^ Vector128.Load(state + 4)).Store(output + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Permute(
        uint* state, byte* block, uint blockSize, ulong counter, uint flags, out V a, out V b, out V c, out V d)
    {
        a = Vector128.Load(state);
        b = Vector128.Load(state + 4);
        c = Vector128.Create(Blake3Spec.Iv0, Blake3Spec.Iv1, Blake3Spec.Iv2, Blake3Spec.Iv3);
        d = Vector128.Create(unchecked((uint)counter), (uint)(counter >> 32), blockSize, flags);
        V m0 = Vector128.Load((uint*)block);
        V m4 = Vector128.Load((uint*)block + 4);
        V m8 = Vector128.Load((uint*)block + 8);
        V m12 = Vector128.Load((uint*)block + 12);

        // x and y: the words of the columns; z and w: those of the diagonals, the last diagonal first (see Round).
        V x = Pick(m0, 0, 2, None, None) | Pick(m4, None, None, 0, 2);
        V y = Pick(m0, 1, 3, None, None) | Pick(m4, None, None, 1, 3);
        V z = Pick(m12, 2, None, None, 0) | Pick(m8, None, 0, 2, None);
        V w = Pick(m12, 3, None, None, 1) | Pick(m8, None, 1, 3, None);
        Round(ref a, ref b, ref c, ref d, x, y, z, w);
        NextOrder(ref x, ref y, ref z, ref w);
        Round(ref a, ref b, ref c, ref d, x, y, z, w);
        NextOrder(ref x, ref y, ref z, ref w);
        Round(ref a, ref b, ref c, ref d, x, y, z, w);
        NextOrder(ref x, ref y, ref z, ref w);
        Round(ref a, ref b, ref c, ref d, x, y, z, w);
        NextOrder(ref x, ref y, ref z, ref w);
        Round(ref a, ref b, ref c, ref d, x, y, z, w);
        NextOrder(ref x, ref y, ref z, ref w);
        Round(ref a, ref b, ref c, ref d, x, y, z, w);
        NextOrder(ref x, ref y, ref z, ref w);
        Round(ref a, ref b, ref c, ref d, x, y, z, w);
    }

    /// <summary>Columns, then diagonals. Row b, which is ready last, stays; the other rows turn to meet it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref V a, ref V b, ref V c, ref V d, V x, V y, V z, V w)
    {
        Mix(ref a, ref b, ref c, ref d, x, y);
        a = Vector128.Shuffle(a, Vector128.Create(3u, 0, 1, 2));
        c = Vector128.Shuffle(c, Vector128.Create(1u, 2, 3, 0));
        d = Vector128.Shuffle(d, Vector128.Create(2u, 3, 0, 1));
        Mix(ref a, ref b, ref c, ref d, z, w);
        a = Vector128.Shuffle(a, Vector128.Create(1u, 2, 3, 0));
        c = Vector128.Shuffle(c, Vector128.Create(3u, 0, 1, 2));
        d = Vector128.Shuffle(d, Vector128.Create(2u, 3, 0, 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref V a, ref V b, ref V c, ref V d, V x, V y)
    {
        a = a + x + b;
        d = RotateRight16(d ^ a);
        c += d;
        b = RotateRight12(b ^ c);
        a = a + y + b;
        d = RotateRight8(d ^ a);
        c += d;
        b = RotateRight7(b ^ c);
    }

    /// <summary>Brings the message words into the next round's order (table 2 of the paper).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void NextOrder(ref V x, ref V y, ref V z, ref V w)
    {
        V nextX = Pick(x, 1, None, None, 2) | Pick(y, None, 1, 3, None);
        V nextY = Pick(x, 3, None, 0, None) | Pick(z, None, 2, None, None) | Pick(w, None, None, None, 3);
        V nextZ = Pick(w, 0, None, None, 1) | Pick(y, None, 0, None, None) | Pick(z, None, None, 3, None);
        V nextW = Pick(z, 1, None, None, 0) | Pick(w, None, 2, None, None) | Pick(y, None, None, 2, None);
        (x, y, z, w) = (nextX, nextY, nextZ, nextW);
    }

    /// <summary>Elements by number; zero where the number is <see cref="None"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Pick(V source, uint e0, uint e1, uint e2, uint e3)
        => Vector128.Shuffle(source, Vector128.Create(e0, e1, e2, e3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V RotateRight16(V x) => Avx512F.VL.IsSupported
        ? Avx512F.VL.RotateRight(x, 16)
        : Vector128.Shuffle(
            x.AsByte(),
            Vector128.Create(
                (byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V RotateRight8(V x) => Avx512F.VL.IsSupported
        ? Avx512F.VL.RotateRight(x, 8)
        : Vector128.Shuffle(
            x.AsByte(),
            Vector128.Create(
                (byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V RotateRight12(V x) => Avx512F.VL.IsSupported
        ? Avx512F.VL.RotateRight(x, 12)
        : (x >>> 12) | (x << 20);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V RotateRight7(V x) => Avx512F.VL.IsSupported
        ? Avx512F.VL.RotateRight(x, 7)
        : (x >>> 7) | (x << 25);
}
