using System.Text.Json;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.FileSystems;
using Ebla.Operations.Backups;
using Ebla.Operations.Backups.Planning;
using Ebla.Operations.Backups.Sentinels;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Cli.Commands;

/// <summary>What <c>backup --dry-run</c> does.</summary>
internal static class DryRun
{
    public static async Task<int> RunAsync(CommandContext context, BackupOptions options)
    {
        if (options.Input is not null)
        {
            throw new UsageException("A dry run of a stream would show nothing: it works with paths.");
        }
        _ = OpenFileLimit.Raise();
        await using Repository? repository = await RepositoryAccess.OpenUnlessDefaultIsMissingAsync(context);
        options = options with { ExcludedFolders = repository is null ? [] : BackupCommand.OwnFolders(context, repository) };
        Monitor monitor = new(context.Messages);
        long toRead = 0;
        bool readsAll = options.Sentinel.Divisor == 1;
        // Written as it comes: a listing can be larger than memory.
        string separator = "{\"entries\":[\n";
        await foreach (PlannedEntry entry in DryRunOperation.RunAsync(repository, options, monitor, context.CancellationToken))
        {
            toRead += entry.Action is PlannedAction.New or PlannedAction.Changed || (readsAll && entry.Action == PlannedAction.Unmodified)
                ? entry.SizeInBytes
                : 0;
            if (context.IsJson)
            {
                context.Output.Write(separator);
                context.Output.Write(JsonSerializer.Serialize(
                    PlannedEntryReport.Of(entry), LineReportsContext.Default.PlannedEntryReport));
                separator = ",\n";
            }
            else if (!context.Messages.IsQuiet)
            {
                context.Output.WriteLine(LineOf(entry));
            }
        }
        BackupCounters counters = monitor.Counters!;
        DryRunTotals totals = new()
        {
            FilesNew = counters.FilesNew,
            FilesChanged = counters.FilesChanged,
            FilesUnmodified = counters.FilesUnmodified,
            DirsTotal = counters.Directories,
            OthersTotal = counters.Others,
            Excluded = counters.Excluded,
            BytesTotal = counters.ProcessedInBytes,
            BytesToRead = toRead,
            Errors = counters.Errors,
        };
        if (context.IsJson)
        {
            context.Output.WriteLine(
                $"\n],\"totals\":{JsonSerializer.Serialize(totals, LineReportsContext.Default.DryRunTotals)}}}");
        }
        else if (!context.Messages.IsQuiet)
        {
            context.Output.WriteLine(Summarize(totals));
        }
        return totals.Errors == 0 ? ExitCode.Done : ExitCode.Incomplete;
    }

    private static string LineOf(PlannedEntry entry)
    {
        string action = entry.Action switch
        {
            PlannedAction.LeftOut => "left out",
            PlannedAction.Emptied => "emptied",
            PlannedAction.New => "new",
            PlannedAction.Changed => "changed",
            _ => "unmodified",
        };
        string slash = entry.Type == FileType.Directory && entry.Path.Length > 1 ? "/" : "";
        string reason = entry.Reason.Length == 0 ? "" : $": {entry.Reason}";
        return $"{action,-10}  {entry.Path}{slash}{reason}";
    }

    private static string Summarize(DryRunTotals totals)
    {
        long files = totals.FilesNew + totals.FilesChanged + totals.FilesUnmodified;
        string errors = totals.Errors == 0 ? "" : $"; {Count.Of(totals.Errors, "thing")} could not be read, see above";
        return $"dry run: {Count.Of(files, "file")} ({totals.FilesNew} new, {totals.FilesChanged} changed, "
            + $"{totals.FilesUnmodified} unmodified), {ByteSize.Format(totals.BytesTotal)}, of which "
            + $"{ByteSize.Format(totals.BytesToRead)} would be read; {Count.Of(totals.Excluded, "thing")} left out{errors}; nothing was stored";
    }

    private sealed class Monitor(Messages messages) : IBackupObserver
    {
        public BackupCounters? Counters { get; private set; }

        public void Started(BackupCounters counters) => Counters = counters;

        public void Problem(BackupProblem problem) => messages.Problem(ProblemLine.Of(problem.Path, problem.Message));

        // No content is read, so none is found rotten.
        public void RotFound(RotAlarm alarm)
        {
        }

        public void Notice(BackupProblem notice) => messages.Notice(ProblemLine.Of(notice.Path, notice.Message));
    }
}
