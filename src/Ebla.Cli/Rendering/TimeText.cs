using System.Globalization;

namespace Ebla.Cli.Rendering;

/// <summary>Times and durations as people write them.</summary>
internal static class TimeText
{
    /// <summary>With a precision that fits the length: 0.4 s, 12 s, 3 min 05 s, 2 h 07 min, 3 d 04 h.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration < TimeSpan.FromSeconds(9.95))
        {
            return $"{duration.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s";
        }
        long seconds = (long)Math.Round(duration.TotalSeconds);
        return seconds switch
        {
            < 60 => $"{seconds} s",
            < 3600 => $"{seconds / 60} min {seconds % 60:00} s",
            < 86400 => $"{seconds / 3600} h {seconds / 60 % 60:00} min",
            _ => $"{seconds / 86400} d {seconds / 3600 % 24:00} h",
        };
    }

    /// <summary>In another time zone.</summary>
    public static string Format(DateTimeOffset time, TimeZoneInfo zone)
        => TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>In the local time zone.</summary>
    public static string Format(DateTimeOffset time)
        => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
