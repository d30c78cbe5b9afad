using System.CommandLine;
using System.Globalization;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Operations.Backups.Sentinels;

namespace Ebla.Cli.Commands;

/// <summary>The option that says how much of the unmodified files is read again.</summary>
internal static class SentinelArgument
{
    public static Option<string?> Create() => new("--sentinel")
    {
        Description = "How many unmodified files to read again, to see whether the disk still holds what was backed up: 1/N of them in each "
            + "backup, so that N backups read each once; or about SIZE, as 20GiB; or off. Without it, 1/30.",
        HelpName = "1/N|SIZE|off",
    };

    /// <exception cref="UsageException">It is none of these.</exception>
    public static SentinelShare Parse(string? text)
    {
        if (text is null)
        {
            return SentinelShare.Default;
        }
        if (text == "off")
        {
            return SentinelShare.Off;
        }
        if (text.StartsWith("1/", StringComparison.Ordinal))
        {
            return long.TryParse(text.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out long divisor) && divisor > 0
                ? SentinelShare.OneOf(divisor)
                : throw Refuse(text);
        }
        return ByteSize.TryParse(text) is { } size and > 0 ? SentinelShare.Budget(size) : throw Refuse(text);
    }

    private static UsageException Refuse(string text)
        => new($"'{text}' is no share of files. Give 1/30 for one of 30, a size like 20GiB, or off.");
}
