using System.CommandLine;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.Operations;
using Ebla.Operations.Listing;
using Ebla.Operations.Retention;
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
        Option<bool> forgotten = new("--forgotten")
        {
            Description = "Instead, those that are forgotten and can still be brought back by 'ebla undelete'.",
        };
        FilterOptions filter = new();
        TaughtCommand command = new(
            "snapshots",
            "Lists the snapshots, oldest first.",
            """
            ebla snapshots --repo /mnt/backup
            ebla snapshots -r /mnt/backup --json | jq -r '.[-1].id'        the newest
            """)
        {
            all, forgotten,
        };
        filter.AddTo(command);
        runner.Attach(command, context => RunAsync(context, filter.Read(context), context.Get(all), context.Get(forgotten)));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, SnapshotFilter filter, bool isAll, bool isForgotten)
    {
        await using Repository repository = await RepositoryAccess.OpenAsync(context);
        SnapshotList list = await SnapshotsOperation.RunAsync(repository, context.CancellationToken);
        foreach (CatalogFinding finding in list.Findings.Concat(list.NoteFindings))
        {
            context.Messages.Problem(FindingText.Of(finding));
        }
        IReadOnlyList<StoredSnapshot> chosen = isForgotten ? await UndeleteOperation.ListAsync(repository, list, context.CancellationToken)
            : isAll ? list.Snapshots : list.WithoutSuperseded();
        StoredSnapshot[] snapshots = [.. chosen.Where(stored => filter.Matches(stored.Snapshot))];
        int exitCode = list.Findings.Count + list.NoteFindings.Count == 0 ? ExitCode.Done : ExitCode.Damage;
        if (context.IsJson)
        {
            SnapshotReport[] reports = [.. snapshots.Select(stored => SnapshotReport.Of(stored, PinOperation.IsPinned(list, stored.Id)))];
            return context.Conclude(exitCode, reports, ReportsContext.Default.SnapshotReportArray, _ => { });
        }
        if (snapshots.Length == 0)
        {
            context.Messages.Notice(isForgotten ? "There is no snapshot that could be brought back."
                : chosen.Count > 0 ? "There is no such snapshot." : "There is no snapshot yet.");
            return exitCode;
        }
        TextTable table = new("ID", "TIME", "HOST", ">SIZE", "TAGS", "PATHS");
        foreach (StoredSnapshot stored in snapshots)
        {
            Snapshot snapshot = stored.Snapshot;
            string remarks = (snapshot.IsPartial ? " (partial)" : "") + (PinOperation.IsPinned(list, stored.Id) ? " (pinned)" : "");
            table.Add(
                stored.Id.ToShortString(),
                TimeText.Format(snapshot.Time.ToDateTimeOffset()),
                snapshot.Host.ToString(),
                ByteSize.Format(snapshot.Summary.SizeInBytes),
                string.Join(',', snapshot.Tags.Select(SafeText.ForTerminal)),
                string.Join(' ', snapshot.Paths) + remarks);
        }
        table.WriteTo(context.Output);
        return exitCode;
    }
}
