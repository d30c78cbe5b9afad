using System.Globalization;
using Ebla.Notes;
using Ebla.Primitives;

namespace Ebla.Operations.Retention;

/// <summary>Hours, days, weeks, months and years as the clocks and calendars of one time zone show them.</summary>
/// <param name="zone">The time zone.</param>
internal sealed class LocalCalendar(TimeZoneInfo zone)
{
    // A calendar ends somewhere; what lies outside counts as its first or last hour. Two years from the ends of DateTime no sum overflows.
    private static readonly long SecondsMin = new DateTimeOffset(2, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
    private static readonly long SecondsMax = new DateTimeOffset(9998, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    /// <summary>Two times lie in the same period exactly if they have the same key.</summary>
    public (long Number, long Offset) KeyOf(RetentionPeriod period, UnixTime time)
    {
        (DateTime local, TimeSpan offset) = ToLocal(time);
        return period switch
        {
            // Where a clock is put back, the hour that it shows for the second time is another one.
            RetentionPeriod.Hour => (local.Ticks / TimeSpan.TicksPerHour, offset.Ticks),
            RetentionPeriod.Day => (local.Ticks / TimeSpan.TicksPerDay, 0),
            // The first day of the calendar is a Monday, on which ISO 8601 weeks begin.
            RetentionPeriod.Week => (local.Ticks / TimeSpan.TicksPerDay / 7, 0),
            RetentionPeriod.Month => (12L * local.Year + local.Month, 0),
            RetentionPeriod.Year => (local.Year, 0),
            _ => throw new ArgumentOutOfRangeException(nameof(period), period, "No such period."),
        };
    }

    /// <summary>What people call the period in which a time lies: 2026-11-23 14h, 2026-11-23, 2026-W48, 2026-11, 2026.</summary>
    public string NameOf(RetentionPeriod period, UnixTime time)
    {
        DateTime local = ToLocal(time).Local;
        return period switch
        {
            RetentionPeriod.Hour => string.Create(CultureInfo.InvariantCulture, $"{local:yyyy-MM-dd HH}h"),
            RetentionPeriod.Day => string.Create(CultureInfo.InvariantCulture, $"{local:yyyy-MM-dd}"),
            RetentionPeriod.Week => string.Create(
                CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(local):0000}-W{ISOWeek.GetWeekOfYear(local):00}"),
            RetentionPeriod.Month => string.Create(CultureInfo.InvariantCulture, $"{local:yyyy-MM}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{local:yyyy}"),
        };
    }

    /// <summary>
    /// The time so much earlier: the calendar goes back by months and days, to the same time on the clock, and then by hours. A time that
    /// the clock there does not show, or shows twice, is the earlier of what it may be: so more is kept.
    /// </summary>
    public UnixTime Before(UnixTime time, CalendarSpan span)
    {
        DateTime local = ToLocal(time).Local;
        long seconds = Clamp(time.Seconds);
        if (span.Months > 0 || span.Days > 0)
        {
            DateTime first = DateTime.UnixEpoch.AddSeconds(SecondsMin);
            int years = local.Year - first.Year;
            local = span.Months / 12 > years ? first : local.AddMonths(-span.Months);
            local = span.Days > (local - first).TotalDays ? first : local.AddDays(-span.Days);
            seconds = (local.Ticks - DateTime.UnixEpoch.Ticks - GreatestOffset(local).Ticks) / TimeSpan.TicksPerSecond;
        }
        return new UnixTime(Math.Max(seconds - 3600L * span.Hours, long.MinValue), time.Nanoseconds);
    }

    private (DateTime Local, TimeSpan Offset) ToLocal(UnixTime time)
    {
        DateTime utc = DateTime.UnixEpoch.AddSeconds(Clamp(time.Seconds));
        TimeSpan offset = zone.GetUtcOffset(utc);
        return (DateTime.SpecifyKind(utc + offset, DateTimeKind.Unspecified), offset);
    }

    private TimeSpan GreatestOffset(DateTime local)
    {
        if (zone.IsAmbiguousTime(local))
        {
            return zone.GetAmbiguousTimeOffsets(local).Max();
        }
        if (zone.IsInvalidTime(local))
        {
            TimeSpan before = zone.GetUtcOffset(DateTime.SpecifyKind(local.AddDays(-1), DateTimeKind.Utc));
            TimeSpan after = zone.GetUtcOffset(DateTime.SpecifyKind(local.AddDays(1), DateTimeKind.Utc));
            return before > after ? before : after;
        }
        return zone.GetUtcOffset(local);
    }

    private static long Clamp(long seconds) => Math.Clamp(seconds, SecondsMin, SecondsMax);
}
