using System.CommandLine;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.Operations.Listing;
using Ebla.Repositories;
using Ebla.Snapshots;

namespace Ebla.Cli.Commands;

internal static class SnapshotsCommand
{
    public static Command Create(CommandRunner runner)
    {
        Option<bool> all = new("--all")
        {
            Description = "Also partial snapshots that a later one supersedes.",
        };
        TaughtCommand command = new(
            "snapshots",
            "Lists the snapshots, oldest first.",
            """
            ebla snapshots --repo /mnt/backup
            ebla snapshots -r /mnt/backup --json | jq -r '.[-1].id'        the newest
            """)
        {
            all,
        };
        runner.Attach(command, context => RunAsync(context, context.Get(all)));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, bool isAll)
    {
        await using Repository repository = await RepositoryAccess.OpenAsync(context);
        SnapshotList list = await SnapshotsOperation.RunAsync(repository, context.CancellationToken);
        foreach (CatalogFinding finding in list.Findings)
        {
            context.Messages.Problem($"{finding.Name}: {finding.Message}");
        }
        IReadOnlyList<StoredSnapshot> snapshots = isAll ? list.Snapshots : list.WithoutSuperseded();
        int exitCode = list.Findings.Count == 0 ? ExitCode.Done : ExitCode.Damage;
        if (context.IsJson)
        {
            SnapshotReport[] reports = [.. snapshots.Select(SnapshotReport.Of)];
            return context.Conclude(exitCode, reports, ReportsContext.Default.SnapshotReportArray, _ => { });
        }
        if (snapshots.Count == 0)
        {
            context.Messages.Notice("There is no snapshot yet.");
            return exitCode;
        }
        TextTable table = new("ID", "TIME", "HOST", ">SIZE", "TAGS", "PATHS");
        foreach (StoredSnapshot stored in snapshots)
        {
            Snapshot snapshot = stored.Snapshot;
            string partial = snapshot.IsPartial ? " (partial)" : "";
            table.Add(
                stored.Id.ToShortString(),
                TimeText.Format(snapshot.Time.ToDateTimeOffset()),
                snapshot.Host.ToString(),
                ByteSize.Format(snapshot.Summary.SizeInBytes),
                string.Join(',', snapshot.Tags.Select(SafeText.ForTerminal)),
                string.Join(' ', snapshot.Paths) + partial);
        }
        table.WriteTo(context.Output);
        return exitCode;
    }
}
