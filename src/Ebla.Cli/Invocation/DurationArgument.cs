using System.Globalization;

namespace Ebla.Cli.Invocation;

/// <summary>Lengths of time as people give them.</summary>
internal static class DurationArgument
{
    // Timers take no more than 49 days.
    public const int DaysMax = 30;

    /// <summary>Reads 30s, 5m, 1h, 2d or 0.</summary>
    /// <param name="option">The option's name, for the message.</param>
    /// <param name="text">What was given.</param>
    /// <param name="daysMax">The longest.</param>
    /// <exception cref="UsageException">It is no duration.</exception>
    public static TimeSpan Parse(string option, string text, int daysMax = DaysMax)
    {
        long secondsPerUnit = text.Length == 0 ? 0 : text[^1] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86400,
            _ => 0,
        };
        string digits = secondsPerUnit > 0 ? text[..^1] : text;
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            && (secondsPerUnit > 0 || count == 0)
            && count <= daysMax * 86400L / Math.Max(secondsPerUnit, 1))
        {
            return TimeSpan.FromSeconds(count * secondsPerUnit);
        }
        throw new UsageException(
            $"{option} takes a whole number of seconds, minutes, hours or days, as 30s, 5m, 1h or 2d, up to {daysMax}d, or 0: not '{text}'.");
    }
}
