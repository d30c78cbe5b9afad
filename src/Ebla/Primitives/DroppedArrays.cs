namespace Ebla.Primitives;

/// <summary>
/// Large arrays that are left to the garbage collector. It lets hundreds of MiB of them pile up before it looks; here it is made to look
/// after each 32 MiB. Little else lives in the heap, so that takes some milliseconds.
/// </summary>
internal static class DroppedArrays
{
    private const long SizeInBytesMax = 32 << 20;

    private static long _sizeInBytes;

    /// <summary>Takes note that nobody will use arrays of about this size any more. From any thread.</summary>
    public static void Add(long sizeInBytes)
    {
        if (Interlocked.Add(ref _sizeInBytes, sizeInBytes) >= SizeInBytesMax
            && Interlocked.Exchange(ref _sizeInBytes, 0) >= SizeInBytesMax)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        }
    }
}
