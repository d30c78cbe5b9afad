using System.CommandLine;
using Ebla.Cli.Invocation;
using Ebla.Operations.Backups;

namespace Ebla.Cli.Commands;

/// <summary>The option --checkpoint-every.</summary>
internal static class CheckpointArgument
{
    public static Option<string?> Create() => new("--checkpoint-every")
    {
        Description = "So often what is finished is committed as a partial snapshot: 30s, 5m, 1h; 0 for never. Without it, 5m.",
        HelpName = "DURATION",
    };

    /// <exception cref="UsageException">It is no duration.</exception>
    public static TimeSpan Parse(string? text)
        => text is null ? new BackupOptions { Paths = [] }.CheckpointInterval : DurationArgument.Parse("--checkpoint-every", text);
}
