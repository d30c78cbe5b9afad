using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>How finely the times of files tell changes apart.</summary>
internal static class FileTick
{
    // The slowest tick that Linux can be built with (CONFIG_HZ=100). File systems of the kernel take their times from the tick's clock.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    // FAT keeps times to two seconds, ext3 and others to one. Their times have no fraction.
    private const long CoarseTickInSeconds = 2;

    // From Linux 6.13 on, times may be finer than the tick's clock, and so ahead of it, by less than a tick. A time farther ahead comes
    // from another clock, and a change made now would set another time.
    private const long AheadInNanosecondsMax = 100_000_000;

    /// <summary>How long a change could still leave a change time as it is; zero if it cannot.</summary>
    /// <param name="changed">The file's change time.</param>
    /// <param name="now">The clock of files (<see cref="Posix.FileClock"/>), not older than the file's metadata.</param>
    public static TimeSpan TimeLeft(UnixTime changed, UnixTime now)
    {
        if (changed.Seconds > now.Seconds + 1 || changed.Seconds < now.Seconds - CoarseTickInSeconds)
        {
            return TimeSpan.Zero;
        }
        long age = (now.Seconds - changed.Seconds) * UnixTime.NanosecondsPerSecond + now.Nanoseconds - changed.Nanoseconds;
        long coarseTick = CoarseTickInSeconds * UnixTime.NanosecondsPerSecond;
        if (changed.Nanoseconds == 0 && age >= 0 && age < coarseTick)
        {
            return TimeSpan.FromMilliseconds((coarseTick - age) / 1_000_000 + 1);
        }
        return age is <= 0 and > -AheadInNanosecondsMax ? Tick : TimeSpan.Zero;
    }
}
