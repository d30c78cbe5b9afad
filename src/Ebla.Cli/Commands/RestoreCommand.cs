using System.CommandLine;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.FileSystems;
using Ebla.Operations;
using Ebla.Operations.Restores;
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
        TaughtCommand command = new(
            "restore",
            "Restores a snapshot, or a part of it. Every byte is checked; what is damaged is named, and all the rest is "
            + "restored.",
            """
            ebla restore latest /tmp/restored                     /etc/hosts becomes /tmp/restored/etc/hosts
            ebla restore latest:/home/ann /tmp/ann                what is in /home/ann
            ebla restore 1a2b3c4d:/etc/hosts .                    one file
            ebla restore latest:web1 /mnt/web1 -r /mnt/backup     the newest snapshot of the machine web1
            """)
        {
            place, target, numericOwner, accessTimes,
        };
        runner.Attach(command, context =>
        {
            SnapshotPath from = SnapshotArgument.Parse(context.Get(place)!);
            return RunAsync(context, new RestoreOptions
            {
                Snapshot = from.Snapshot,
                PathInSnapshot = from.Path,
                Target = CommandContext.ToName(context.Get(target)!),
                NumericOwner = context.Get(numericOwner),
                AccessTimes = context.Get(accessTimes),
            });
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, RestoreOptions options)
    {
        _ = OpenFileLimit.Raise();
        await using Repository repository = await RepositoryAccess.OpenAsync(context);
        RestoreMonitor monitor = new(context.Messages);
        RestoreResult result = await context.Messages.ShowWhileAsync(
            monitor.Lines, RestoreOperation.RunAsync(repository, options, monitor, context.CancellationToken));
        RestoreReport report = new()
        {
            SnapshotId = result.SnapshotId.ToString(),
            Files = result.Files,
            Dirs = result.Directories,
            Others = result.Others,
            BytesRestored = result.RestoredInBytes,
            BytesFetched = result.FetchedInBytes,
            DurationSeconds = Math.Round(result.Duration.TotalSeconds, 3),
            Errors = result.Errors,
        };
        return context.Conclude(
            result.Errors == 0 ? ExitCode.Done : ExitCode.Incomplete,
            report,
            ReportsContext.Default.RestoreReport,
            output => output.WriteLine(Summarize(result)));
    }

    private static string Summarize(RestoreResult result)
    {
        double seconds = Math.Max(result.Duration.TotalSeconds, 0.001);
        string errors = result.Errors == 0
            ? ""
            : $"; {Count.Of(result.Errors, "thing")} could not be restored as it was, see above";
        return $"snapshot {result.SnapshotId.ToShortString()} restored: {Count.Of(result.Files, "file")}, "
            + $"{ByteSize.Format(result.RestoredInBytes)} in {TimeText.Format(result.Duration)} "
            + $"({ByteSize.Format(result.RestoredInBytes / seconds)}/s); read {ByteSize.Format(result.FetchedInBytes)}{errors}";
    }
}
