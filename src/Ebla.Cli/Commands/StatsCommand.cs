using System.CommandLine;
using System.Globalization;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.Operations.Statistics;
using Ebla.Repositories;
using Ebla.Snapshots;

namespace Ebla.Cli.Commands;

internal static class StatsCommand
{
    public static Command Create(CommandRunner runner)
    {
        TaughtCommand command = new(
            "stats",
            "Says how much is stored, what deduplication and compression save, and what each snapshot holds that no other does.",
            """
            ebla stats --repo /mnt/backup
            ebla stats -r /mnt/backup --json | jq .bytes_stored
            """);
        runner.Attach(command, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context)
    {
        await using Repository repository = await RepositoryAccess.OpenAsync(context);
        StatsResult result = await StatsOperation.RunAsync(repository, context.CancellationToken);
        foreach (CatalogFinding finding in result.Findings)
        {
            context.Messages.Problem($"{finding.Name}: {finding.Message}");
        }
        return context.Conclude(
            result.Findings.Count == 0 ? ExitCode.Done : ExitCode.Damage,
            StatsReport.Of(result),
            ReportsContext.Default.StatsReport,
            output => Write(output, result));
    }

    private static void Write(TextWriter output, StatsResult result)
    {
        TextTable kinds = new("OBJECTS", ">COUNT", ">SIZE");
        foreach (KindStatistics kind in result.Kinds)
        {
            kinds.Add(
                kind.Kind.ToString().ToLowerInvariant(),
                kind.Objects.ToString("N0", CultureInfo.InvariantCulture),
                ByteSize.Format(kind.SizeInBytes));
        }
        kinds.WriteTo(output);
        output.WriteLine();
        if (result.Snapshots.Count > 0)
        {
            TextTable snapshots = new("SNAPSHOT", "TIME", "HOST", ">SIZE", ">ONLY IN IT");
            foreach (SnapshotStatistics statistics in result.Snapshots)
            {
                Snapshot snapshot = statistics.Stored.Snapshot;
                snapshots.Add(
                    statistics.Stored.Id.ToShortString(),
                    TimeText.Format(snapshot.Time.ToDateTimeOffset()),
                    snapshot.Host.ToString(),
                    ByteSize.Format(snapshot.Summary.SizeInBytes),
                    ByteSize.Format(statistics.UniqueInBytes));
            }
            snapshots.WriteTo(output);
            output.WriteLine();
        }
        string compression = result.CompressionRatio.ToString("0.00", CultureInfo.InvariantCulture);
        string total = result.TotalRatio.ToString("0.0", CultureInfo.InvariantCulture);
        output.WriteLine($"{ByteSize.Format(result.SnapshotsInBytes)} in {Count.Of(result.Snapshots.Count, "snapshot")}, "
            + $"{ByteSize.Format(result.PlaintextInBytes)} in {Count.Of(result.Blobs, "distinct blob")}, "
            + $"{ByteSize.Format(result.StoredInBytes)} stored: compression {compression}, in all {total} to 1");
    }
}
