using System.Runtime.InteropServices;
using Ebla.Primitives;

namespace Ebla.FileSystems;

// Calls about where and when a file's content is.
internal static unsafe partial class Posix
{
    private const int SEEK_DATA = 3;
    private const int SEEK_HOLE = 4;
    private const int POSIX_FADV_DONTNEED = 4;
    private const int CLOCK_REALTIME_COARSE = 5;

    /// <summary>The first byte from the offset on that lies in no hole; -ENXIO if there is none. Moves the position of reads.</summary>
    public static long SeekData(Descriptor file, long offset) => Result(lseek(file, offset, SEEK_DATA));

    /// <summary>The first byte from the offset on that lies in a hole; the end of the file counts as one. Moves the position of reads.</summary>
    public static long SeekHole(Descriptor file, long offset) => Result(lseek(file, offset, SEEK_HOLE));

    public static int ReadAt(Descriptor file, Span<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
        {
            int result;
            do
            {
                result = (int)Result(pread(file, start, (nuint)buffer.Length, offset));
            }
            while (result == -EINTR);
            return result;
        }
    }

    /// <summary>Lets the system forget what it holds of the file in memory, but for what is not written yet. A hint.</summary>
    public static void AdviseNotNeeded(Descriptor file) => _ = posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);

    /// <summary>The number that tells kinds of file systems apart (f_type; include/uapi/linux/magic.h).</summary>
    public static int GetFileSystemType(Descriptor descriptor, out long type)
    {
        // struct statfs begins with it, and is 120 bytes long on 64-bit architectures.
        long* status = stackalloc long[32];
        int result;
        do
        {
            result = Result(fstatfs(descriptor, status));
        }
        while (result == -EINTR);
        type = result < 0 ? 0 : status[0];
        return result;
    }

    /// <summary>The clock that most file systems take their times from: it goes on in ticks of 1 to 10 milliseconds.</summary>
    public static UnixTime FileClock()
    {
        TimeSpec now;
        // Cannot fail: the clock exists since Linux 2.6.32.
        _ = clock_gettime(CLOCK_REALTIME_COARSE, &now);
        return new UnixTime(now.Seconds, (int)now.Nanoseconds);
    }

    private static long Result(long value) => value >= 0 ? value : -Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(Descriptor file, byte* buffer, nuint size, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fstatfs(Descriptor file, long* status);

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, TimeSpec* time);
}
