namespace Ebla.Primitives;

/// <summary>
/// Sums of file sizes that stay at the largest number when they reach it. One sparse file can be of 2^63 - 1 bytes: the sizes of two
/// may be more than a number holds, and a sum is told, never relied on.
/// </summary>
internal static class SizeSum
{
    /// <param name="sum">Not negative.</param>
    /// <param name="sizeInBytes">What is added; negative for what was added before and does not count after all.</param>
    public static long Plus(long sum, long sizeInBytes)
        => sizeInBytes > 0 && sum > long.MaxValue - sizeInBytes ? long.MaxValue : sum + sizeInBytes;

    /// <summary>Adds to a counter that several threads count.</summary>
    public static void Count(ref long sum, long sizeInBytes)
    {
        long seen = Interlocked.Read(ref sum);
        for (long found; (found = Interlocked.CompareExchange(ref sum, Plus(seen, sizeInBytes), seen)) != seen; seen = found)
        {
        }
    }
}
