using System.CommandLine;
using System.Globalization;
using Ebla.Cli.Invocation;
using Ebla.Operations.Backups;

namespace Ebla.Cli.Commands;

/// <summary>The option --checkpoint-every.</summary>
internal static class CheckpointArgument
{
    // Timers take no more than 49 days.
    private static readonly TimeSpan Max = TimeSpan.FromDays(30);

    public static Option<string?> Create() => new("--checkpoint-every")
    {
        Description = "So often what is finished is committed as a partial snapshot: 30s, 5m, 1h; 0 for never. Without it, 5m.",
        HelpName = "DURATION",
    };

    /// <exception cref="UsageException">It is no duration.</exception>
    public static TimeSpan Parse(string? text)
    {
        if (text is null)
        {
            return new BackupOptions { Paths = [] }.CheckpointInterval;
        }
        long secondsPerUnit = text.Length == 0 ? 0 : text[^1] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => 0,
        };
        string digits = secondsPerUnit > 0 ? text[..^1] : text;
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            && (secondsPerUnit > 0 || count == 0)
            && count <= (long)Max.TotalSeconds / Math.Max(secondsPerUnit, 1))
        {
            return TimeSpan.FromSeconds(count * secondsPerUnit);
        }
        throw new UsageException(
            $"--checkpoint-every takes a whole number of seconds, minutes or hours, as 30s, 5m or 1h, up to 30 days, or 0: not '{text}'.");
    }
}
