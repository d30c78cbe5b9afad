using System.CommandLine;
using System.Globalization;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.Operations.Statistics;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;

namespace Ebla.Cli.Commands;

internal static class StatsCommand
{
    public static Command Create(CommandRunner runner)
    {
        Argument<string[]> snapshots = new("SNAPSHOT")
        {
            Description = "Say what these hold together that no other does: 'latest', 'latest:HOST', or the start of an id.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string?> groupBy = GroupByArgument.Create();
        FilterOptions filter = new();
        TaughtCommand command = new(
            "stats",
            "Says how much is stored, what deduplication and compression save, and what each snapshot and each group of them holds that no "
            + "other does. Of some snapshots: what a prune could free without them.",
            """
            ebla stats --repo /mnt/backup
            ebla stats -r /mnt/backup --json | jq .bytes_stored
            ebla stats 1a2b3c4d 5e6f7a8b                              what these two hold together
            ebla stats --host old-laptop
            """)
        {
            snapshots,
            groupBy,
        };
        filter.AddTo(command);
        runner.Attach(command, context =>
        {
            StatsOptions options = new()
            {
                Snapshots = context.Get(snapshots) ?? [],
                Filter = filter.Read(context),
                Grouping = GroupByArgument.Read(context, groupBy),
            };
            return options.Snapshots.Count > 0 && !options.Filter.IsEmpty
                ? throw new UsageException("Either name snapshots, or give filters: not both.")
                : RunAsync(context, options);
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, StatsOptions options)
    {
        await using Repository repository = await RepositoryAccess.OpenAsync(context);
        StatsResult result = await StatsOperation.RunAsync(repository, options, context.CancellationToken);
        foreach (CatalogFinding finding in result.Findings)
        {
            context.Messages.Problem(FindingText.Of(finding));
        }
        return context.Conclude(
            result.Findings.Count == 0 ? ExitCode.Done : ExitCode.Damage,
            StatsReport.Of(result),
            ReportsContext.Default.StatsReport,
            output =>
            {
                if (result.Selection is { } selection)
                {
                    WriteSelection(output, result, selection);
                }
                else
                {
                    Write(output, result);
                }
            });
    }

    private static void WriteSelection(TextWriter output, StatsResult result, SelectionStatistics selection)
    {
        HashSet<ObjectId> chosen = [.. selection.Snapshots.Select(stored => stored.Id)];
        WriteSnapshots(output, "SNAPSHOT", [.. result.Snapshots.Where(snapshot => chosen.Contains(snapshot.Stored.Id))]);
        output.WriteLine(selection.Snapshots.Count == 0
            ? "There is no such snapshot."
            : $"without {(selection.Snapshots.Count == 1 ? "it" : "them")} a prune can free {AccountText.Of(selection)}");
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
        WriteSnapshots(output, "SNAPSHOT", result.Snapshots);
        WriteGroups(output, result.Groups);
        WriteSnapshots(output, "FORGOTTEN", result.Forgotten);
        WriteUse(output, result);
        string compression = result.CompressionRatio.ToString("0.00", CultureInfo.InvariantCulture);
        string total = result.TotalRatio.ToString("0.0", CultureInfo.InvariantCulture);
        output.WriteLine($"{ByteSize.Format(result.SnapshotsInBytes)} in {Count.Of(result.Snapshots.Count, "snapshot")}, "
            + $"{ByteSize.Format(result.PlaintextInBytes)} in {Count.Of(result.Blobs, "distinct blob")}, "
            + $"{ByteSize.Format(result.StoredInBytes)} stored: compression {compression}, in all {total} to 1");
    }

    private static void WriteSnapshots(TextWriter output, string heading, IReadOnlyList<SnapshotStatistics> snapshots)
    {
        if (snapshots.Count == 0)
        {
            return;
        }
        TextTable table = new(heading, "TIME", "HOST", ">SIZE", ">ONLY IN IT", ">STORED", ">SHARED", ">STORED");
        foreach (SnapshotStatistics statistics in snapshots)
        {
            Snapshot snapshot = statistics.Stored.Snapshot;
            table.Add([
                statistics.Stored.Id.ToShortString(),
                TimeText.Format(snapshot.Time.ToDateTimeOffset()),
                snapshot.Host.ToString(),
                ByteSize.Format(snapshot.Summary.SizeInBytes),
                .. CellsOf(statistics.Unique, statistics.Shared)]);
        }
        table.WriteTo(output);
        output.WriteLine();
    }

    private static void WriteGroups(TextWriter output, IReadOnlyList<GroupStatistics> groups)
    {
        if (groups.Count == 0)
        {
            return;
        }
        bool areWritersSeveral = groups.Any(group => group.Writer != groups[0].Writer);
        TextTable table = new(">SNAPSHOTS", ">ONLY IN THEM", ">STORED", ">SHARED", ">STORED", "GROUP");
        foreach (GroupStatistics group in groups)
        {
            table.Add([
                group.Snapshots.ToString("N0", CultureInfo.InvariantCulture),
                .. CellsOf(group.Unique, group.Shared),
                GroupTitle.Of(group.Writer, group.Host, group.Paths, group.Tags, areWritersSeveral)]);
        }
        table.WriteTo(output);
        output.WriteLine();
    }

    // Only where there is something else than what snapshots need.
    private static void WriteUse(TextWriter output, StatsResult result)
    {
        (string What, BlobTotals Totals)[] others =
        [
            ("only forgotten snapshots need", result.OnlyForgotten),
            ("is stored twice", result.FurtherCopies),
            ("no snapshot needs", result.Unreferred),
        ];
        if (others.Any(other => other.Totals.Blobs > 0))
        {
            output.WriteLine($"{ByteSize.Format(result.FramesInBytes)} in packs: {ByteSize.Format(result.Referred.StoredInBytes)} that "
                + "snapshots need, " + string.Join(", ", others.Where(other => other.Totals.Blobs > 0)
                    .Select(other => $"{ByteSize.Format(other.Totals.StoredInBytes)} that {other.What}")));
        }
    }

    private static string[] CellsOf(BlobTotals unique, BlobTotals shared)
        => [.. new[] { unique.PlaintextInBytes, unique.StoredInBytes, shared.PlaintextInBytes, shared.StoredInBytes }
            .Select(size => ByteSize.Format(size))];
}
