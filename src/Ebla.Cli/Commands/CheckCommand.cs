using System.CommandLine;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.FileSystems;
using Ebla.Operations.Checks;
using Ebla.Repositories;

namespace Ebla.Cli.Commands;

internal static class CheckCommand
{
    public static Command Create(CommandRunner runner)
    {
        Option<bool> readData = new("--read-data")
        {
            Description = "Read, decrypt and verify every stored byte; without it, all of the catalog, and of packs that they "
                + "are there.",
        };
        TaughtCommand command = new(
            "check",
            "Checks that the repository is whole: that every snapshot can be restored. Says which cannot, and what in them "
            + "is lost.",
            """
            ebla check --repo /mnt/backup                    every day
            ebla check --repo /mnt/backup --read-data        every month: finds what has rotted
            """)
        {
            readData,
        };
        runner.Attach(command, context => RunAsync(context, new CheckOptions { ReadData = context.Get(readData) }));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, CheckOptions options)
    {
        _ = OpenFileLimit.Raise();
        await using Repository repository = await RepositoryAccess.OpenAsync(context);
        CheckMonitor monitor = new(context.Messages, options.ReadData);
        CheckResult result = await context.Messages.ShowWhileAsync(
            monitor.Lines, CheckOperation.RunAsync(repository, options, monitor, context.CancellationToken));
        int exitCode = result.HasDamage ? ExitCode.Damage : ExitCode.Done;
        return context.Conclude(
            exitCode, CheckReport.Of(result, StoreReport.Of(context)), ReportsContext.Default.CheckReport, output => WriteSummary(output, result));
    }

    private static void WriteSummary(TextWriter output, CheckResult result)
    {
        foreach (AffectedSnapshot snapshot in result.AffectedSnapshots)
        {
            string time = TimeText.Format(snapshot.Time.ToDateTimeOffset());
            output.WriteLine($"snapshot {snapshot.Id.ToShortString()} of {snapshot.Host}, {time}, cannot be restored whole");
        }
        foreach (AffectedPath path in result.AffectedPaths)
        {
            string below = path.IsDirectory ? "/, with all below it" : "";
            output.WriteLine($"  lost in {path.Snapshot.ToShortString()}: {path.Path}{below}");
        }
        if (result.HasMoreAffectedPaths)
        {
            output.WriteLine("  and more");
        }
        string read = result.ReadInBytes == 0 ? "" : $", {ByteSize.Format(result.ReadInBytes)} read and verified";
        int warnings = result.Findings.Count(finding => finding.Severity == CheckSeverity.Warning);
        string verdict = result.HasDamage ? "DAMAGED"
            : warnings > 0 ? $"no damage, {Count.Of(warnings, "warning")}"
            : "no errors";
        output.WriteLine($"{verdict}: {Count.Of(result.Snapshots, "snapshot")}, {Count.Of(result.Packs, "pack")}, "
            + $"{ByteSize.Format(result.PacksInBytes)}, {Count.Of(result.Blobs, "blob")} in use{Lost(result)}{read}, "
            + $"in {TimeText.Format(result.Duration)}");
    }

    private static string Lost(CheckResult result) => result.BlobsLost == 0 ? "" : $" of which {result.BlobsLost:N0} are lost";
}
