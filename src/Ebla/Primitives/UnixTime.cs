namespace Ebla.Primitives;

/// <summary>A point in time as Linux keeps it: seconds since 1970-01-01 UTC, negative before, and nanoseconds 0 to 999,999,999.</summary>
public readonly record struct UnixTime : IComparable<UnixTime>
{
    /// <summary>Checks the nanoseconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not from 0 to 999,999,999.</exception>
    public UnixTime(long seconds, int nanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(nanoseconds, NanosecondsPerSecond);
        Seconds = seconds;
        Nanoseconds = nanoseconds;
    }

    /// <summary>Whole seconds since 1970, rounded down.</summary>
    public long Seconds { get; }

    /// <summary>0 to 999,999,999, also for times before 1970.</summary>
    public int Nanoseconds { get; }

    /// <summary>Nanoseconds in a second: the exclusive limit of <see cref="Nanoseconds"/>.</summary>
    public const int NanosecondsPerSecond = 1_000_000_000;

    private const int NanosecondsPerTick = 100;

    /// <summary>The time of a clock reading, at its 100 ns resolution.</summary>
    public static UnixTime From(DateTimeOffset time)
    {
        (long seconds, long ticks) = Math.DivRem(time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks, TimeSpan.TicksPerSecond);
        return ticks < 0
            ? new UnixTime(seconds - 1, (int)(ticks + TimeSpan.TicksPerSecond) * NanosecondsPerTick)
            : new UnixTime(seconds, (int)ticks * NanosecondsPerTick);
    }

    /// <summary>The nearest time that a <see cref="DateTimeOffset"/> can hold, which is less: years 1 to 9999, 100 ns.</summary>
    public DateTimeOffset ToDateTimeOffset()
    {
        long seconds = Math.Clamp(
            Seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(Nanoseconds / NanosecondsPerTick);
    }

    /// <inheritdoc/>
    public int CompareTo(UnixTime other)
        => Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanoseconds.CompareTo(other.Nanoseconds);
}
