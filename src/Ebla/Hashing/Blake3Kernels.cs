using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ebla.Hashing;

/// <summary>The one place that chooses a kernel.</summary>
/// <remarks>
/// The tests are on the instruction set classes, which the compiler turns into constants: what a machine (or, compiled
/// ahead of time, a target) lacks is not even in the code. <c>Vector512.IsHardwareAccelerated</c> is no such test: it
/// may be false on processors that have AVX-512. The kernels forbid that they are inlined: inlining has a budget, and a
/// caller that used it up would leave the kernel's own steps as calls, five times as slow.
/// </remarks>
internal static unsafe class Blake3Kernels
{
    /// <summary>The lanes of the widest kernel.</summary>
    public const int LanesMax = 16;

    /// <summary>The highest level of this machine.</summary>
    public static Blake3Level Best
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512F.IsSupported ? Blake3Level.Avx512
            : Avx2.IsSupported ? Blake3Level.Avx2
            : Vector128.IsHardwareAccelerated ? Blake3Level.Vector128
            : Blake3Level.Scalar;
    }

    /// <summary>The lanes of the kernel that should take the next of <paramref name="count"/> inputs.</summary>
    public static int LanesFor(Blake3Level level, int count)
    {
        if (Avx512F.IsSupported && level >= Blake3Level.Avx512 && count > 8)
        {
            return Blake3Avx512.Lanes;
        }
        if (Avx2.IsSupported && level >= Blake3Level.Avx2 && count > 4)
        {
            return Blake3Avx2.Lanes;
        }
        return Vector128.IsHardwareAccelerated && level >= Blake3Level.Vector128 && count > 1
            ? Blake3Vector128.Lanes
            : 1;
    }

    /// <summary>Hashes a job with the kernel of so many lanes (not 1).</summary>
    public static void Hash(int lanes, ref Blake3Job job)
    {
        if (Avx512F.IsSupported && lanes == Blake3Avx512.Lanes)
        {
            Blake3Avx512.Hash(ref job);
        }
        else if (Avx2.IsSupported && lanes == Blake3Avx2.Lanes)
        {
            Blake3Avx2.Hash(ref job);
        }
        else
        {
            Blake3Vector128.Hash(ref job);
        }
    }

    /// <summary>Compresses one block into the eight words of <paramref name="state"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Compress(
        Blake3Level level, uint* state, byte* block, int blockSize, ulong counter, uint flags)
    {
        if (Vector128.IsHardwareAccelerated && level >= Blake3Level.Vector128)
        {
            Blake3Rows.Compress(state, block, (uint)blockSize, counter, flags);
        }
        else
        {
            Blake3Scalar.Compress(state, block, (uint)blockSize, counter, flags);
        }
    }

    /// <summary>Compresses one block into sixteen words of output.</summary>
    public static void CompressExtended(
        Blake3Level level, uint* state, byte* block, int blockSize, ulong counter, uint flags, uint* output)
    {
        if (Vector128.IsHardwareAccelerated && level >= Blake3Level.Vector128)
        {
            Blake3Rows.CompressExtended(state, block, (uint)blockSize, counter, flags, output);
        }
        else
        {
            Blake3Scalar.CompressExtended(state, block, (uint)blockSize, counter, flags, output);
        }
    }
}
