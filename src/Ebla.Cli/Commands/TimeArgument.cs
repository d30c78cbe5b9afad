using System.Globalization;
using Ebla.Cli.Invocation;
using Ebla.Primitives;

namespace Ebla.Cli.Commands;

/// <summary>Points in time as people give them.</summary>
internal static class TimeArgument
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>Reads a time after RFC 3339, or "YYYY-MM-DD HH:MM:SS". Without an offset it is local time.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static UnixTime Parse(string text)
        => DateTimeOffset.TryParseExact(
            text.ToUpperInvariant(), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time)
            ? UnixTime.From(time)
            : throw new UsageException($"'{text}' is no time. Write 2026-03-28T17:05:00Z, or 2026-03-28 17:05:00 for local time.");
}
