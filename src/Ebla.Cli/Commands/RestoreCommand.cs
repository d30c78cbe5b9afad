using System.CommandLine;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.FileSystems;
using Ebla.Operations;
using Ebla.Operations.Restores;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Cli.Commands;

internal static class RestoreCommand
{
    public static Command Create(CommandRunner runner)
    {
        Argument<string> place = SnapshotArgument.Create("What to restore:");
        Argument<string> target = new("TARGET")
        {
            Description = "The folder to restore into; made if it is not there. Files get their absolute path below it; "
                + "with :PATH, what is in PATH appears right in it.",
        };
        Option<bool> numericOwner = new("--numeric-owner")
        {
            Description = "Take owners by their numbers, not by their names.",
        };
        Option<bool> accessTimes = new("--atime")
        {
            Description = "Restore the times of last access too.",
        };
        RestoreChoices choices = new();
        TaughtCommand command = new(
            "restore",
            "Restores a snapshot, or a part of it. Every byte is checked; what is damaged is named, and all the rest is "
            + "restored. Of what is in the target already, only what differs is fetched and written, and no file is ever replaced "
            + "before its successor is whole. After an interruption, run it again: it carries on.",
            """
            ebla restore latest /tmp/restored                     /etc/hosts becomes /tmp/restored/etc/hosts
            ebla restore latest:/home/ann /tmp/ann                what is in /home/ann
            ebla restore 1a2b3c4d:/etc/hosts .                    one file
            ebla restore latest / --path /etc --path /srv/www     these two, where they were
            ebla restore latest /tmp/docs --include '*.odt'       all files of a kind
            ebla restore latest:/srv /srv --delete --dry-run      what would make /srv as it was
            ebla restore latest:web1 /mnt/web1 -r /mnt/backup     the newest snapshot of the machine web1
            """)
        {
            place, target, numericOwner, accessTimes,
        };
        choices.AddTo(command);
        runner.Attach(command, context =>
        {
            SnapshotPath from = SnapshotArgument.Parse(context.Get(place)!);
            return RunAsync(context, choices.Of(context, new RestoreOptions
            {
                Snapshot = from.Snapshot,
                PathInSnapshot = from.Path,
                Target = CommandContext.ToName(context.Get(target)!),
                NumericOwner = context.Get(numericOwner),
                AccessTimes = context.Get(accessTimes),
            }));
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, RestoreOptions options)
    {
        _ = OpenFileLimit.Raise();
        await using Repository repository = await RepositoryAccess.OpenAsync(context);
        options = options with { Kept = OwnPaths(context) };
        RestoreMonitor monitor = new(context, options.DryRun);
        RestoreResult result = await context.Messages.ShowWhileAsync(
            monitor.Lines, RestoreOperation.RunAsync(repository, options, monitor, context.CancellationToken));
        monitor.EndSteps();
        RestoreReport report = new()
        {
            SnapshotId = result.SnapshotId.ToString(),
            DryRun = options.DryRun,
            Files = result.Files,
            Dirs = result.Directories,
            Others = result.Others,
            Left = result.Left,
            Deleted = result.Deleted,
            BytesRestored = result.RestoredInBytes,
            BytesKept = result.KeptInBytes,
            BytesFetched = result.FetchedInBytes,
            DurationSeconds = Math.Round(result.Duration.TotalSeconds, 3),
            Errors = result.Errors,
            Store = StoreReport.Of(context),
            Steps = monitor.Steps,
        };
        return context.Conclude(
            result.Errors == 0 ? ExitCode.Done : ExitCode.Incomplete,
            report,
            ReportsContext.Default.RestoreReport,
            output => output.WriteLine(options.DryRun ? Announce(result) : Summarize(result)));
    }

    // What a restore with --delete must not take away: what it is working with.
    private static List<ByteName> OwnPaths(CommandContext context)
    {
        string?[] paths =
        [
            RepositoryLocation.Of(context).Folder,
            RepositoryAccess.CacheFolder(context),
            UserFolders.Config,
            CredentialSource.Of(context).KeyFilePath,
        ];
        return [.. paths.OfType<string>().Select(path => new ByteName(RawText.Encode(path)))];
    }

    private static string Announce(RestoreResult result)
        => $"snapshot {result.SnapshotId.ToShortString()} would be restored: {Count.Of(result.Files, "file")}, "
            + $"{ByteSize.Format(result.RestoredInBytes)}, of which {ByteSize.Format(result.KeptInBytes)} are right already; "
            + $"{result.Deleted} deleted, {result.Left} left; {ByteSize.Format(result.FetchedInBytes)} to be read. Nothing was changed"
            + Complain(result);

    private static string Summarize(RestoreResult result)
    {
        double seconds = Math.Max(result.Duration.TotalSeconds, 0.001);
        string kept = result.KeptInBytes == 0 ? "" : $", {ByteSize.Format(result.KeptInBytes)} were right already";
        string deleted = result.Deleted == 0 ? "" : $"; {result.Deleted} deleted";
        string left = result.Left == 0 ? "" : $"; {result.Left} left as they were";
        return $"snapshot {result.SnapshotId.ToShortString()} restored: {Count.Of(result.Files, "file")}, "
            + $"{ByteSize.Format(result.RestoredInBytes)} in {TimeText.Format(result.Duration)} "
            + $"({ByteSize.Format(result.RestoredInBytes / seconds)}/s); read {ByteSize.Format(result.FetchedInBytes)}{kept}{deleted}{left}"
            + Complain(result);
    }

    private static string Complain(RestoreResult result) => Partial(result) + (result.Errors == 0
        ? ""
        : $"; {Count.Of(result.Errors, "thing")} could not be restored as it was, see above");

    private static string Partial(RestoreResult result)
        => result.IsPartial ? "; it holds what was backed up before that backup was interrupted" : "";
}
