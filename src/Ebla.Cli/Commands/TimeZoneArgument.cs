using Ebla.Cli.Invocation;

namespace Ebla.Cli.Commands;

/// <summary>The time zone in which days begin.</summary>
internal static class TimeZoneArgument
{
    /// <summary>Finds a zone by its name, as Europe/Berlin.</summary>
    /// <exception cref="UsageException">This machine knows none of that name.</exception>
    public static TimeZoneInfo Parse(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone)
        ? zone
        : throw new UsageException($"--time-zone: this machine knows no time zone '{name}'. Write Europe/Berlin, or UTC.");

    /// <summary>
    /// Refuses a TZ that is not understood: .NET takes UTC then and says nothing, and days would begin at another time than the user's.
    /// </summary>
    /// <exception cref="UsageException">TZ is set to what this machine does not know.</exception>
    public static void CheckEnvironment()
    {
        string name = (Environment.GetEnvironmentVariable("TZ") ?? "").TrimStart(':');
        if (name.Length > 0 && !name.StartsWith('/') && !TimeZoneInfo.TryFindSystemTimeZoneById(name, out _))
        {
            throw new UsageException($"TZ is '{name}', which is no time zone known here. Give --time-zone, as --time-zone Europe/Berlin.");
        }
    }
}
