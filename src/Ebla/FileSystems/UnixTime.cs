namespace Ebla.FileSystems;

/// <summary>A file time as the file system holds it: seconds since 1970, which may be negative, and nanoseconds after that second.</summary>
internal readonly record struct UnixTime : IComparable<UnixTime>
{
    public const int NanosecondsMax = 999_999_999;

    public UnixTime(long seconds, int nanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nanoseconds, NanosecondsMax);
        Seconds = seconds;
        Nanoseconds = nanoseconds;
    }

    public long Seconds { get; }

    /// <value>0 to 999,999,999, also for times before 1970.</value>
    public int Nanoseconds { get; }

    public int CompareTo(UnixTime other)
        => Seconds == other.Seconds ? Nanoseconds.CompareTo(other.Nanoseconds) : Seconds.CompareTo(other.Seconds);
}
