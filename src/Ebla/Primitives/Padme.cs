using System.Numerics;

namespace Ebla.Primitives;

/// <summary>
/// Padmé lengths: a length rounded up so that it tells only O(log log) bits of itself, at a cost of at most 12 % for small
/// lengths and about 3 % from 64 KiB up (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication
/// with PURBs", 2019, section 4).
/// </summary>
public static class Padme
{
    /// <summary>The smallest Padmé length that is not below <paramref name="length"/>.</summary>
    /// <param name="length">0 to 2^62.</param>
    public static long Round(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length < 2)
        {
            return length;
        }
        int exponent = BitOperations.Log2((ulong)length);
        int mantissaBits = BitOperations.Log2((uint)exponent) + 1;
        int zeroBits = exponent - mantissaBits;
        if (zeroBits <= 0)
        {
            return length;
        }
        long mask = (1L << zeroBits) - 1;
        return (length + mask) & ~mask;
    }
}
