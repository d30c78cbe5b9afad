using System.Globalization;

namespace Ebla.Cli.Rendering;

/// <summary>Numbers of things.</summary>
internal static class Count
{
    /// <summary>1 file, 1,234 files.</summary>
    public static string Of(long count, string thing)
        => $"{count.ToString("N0", CultureInfo.InvariantCulture)} {thing}{(count == 1 ? "" : "s")}";
}
