using System.CommandLine;
using System.Text;
using Ebla.Backends;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.FileSystems;
using Ebla.Operations.Backups;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Cli.Commands;

internal static class BackupCommand
{
    public static Command Create(CommandRunner runner)
    {
        Argument<string[]> paths = new("PATH")
        {
            Description = "Files and folders to back up.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string[]> tags = new("--tag")
        {
            Description = "A label for the snapshot; can be given several times.",
            HelpName = "TAG",
        };
        Option<string?> host = new("--host")
        {
            Description = "The machine's name in the snapshot, instead of its own.",
            HelpName = "NAME",
        };
        Option<string?> description = new("--description") { Description = "A free text for the snapshot.", HelpName = "TEXT" };
        Option<string?> sentinel = SentinelArgument.Create();
        Option<string?> checkpoint = CheckpointArgument.Create();
        TaughtCommand command = new(
            "backup",
            "Backs up files and folders as one new snapshot. What the repository has already is not stored again.",
            """
            ebla backup ~                                     into the default repository, made the first time
            ebla backup /etc /home --repo /mnt/backup
            ebla backup /srv -r /mnt/backup --tag before-upgrade --json
            """)
        {
            paths, tags, host, description, sentinel, checkpoint,
        };
        runner.Attach(command, context => RunAsync(context, new BackupOptions
        {
            Paths = [.. context.Get(paths)!.Select(CommandContext.ToName)],
            Tags = context.Get(tags) ?? [],
            Host = context.Get(host) is { } name ? CommandContext.ToName(name) : null,
            Description = context.Get(description) ?? "",
            CheckpointInterval = CheckpointArgument.Parse(context.Get(checkpoint)),
            Sentinel = SentinelArgument.Parse(context.Get(sentinel)),
            Program = $"ebla {VersionCommand.Version}",
        }));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, BackupOptions options)
    {
        _ = OpenFileLimit.Raise();
        await using Repository repository = await RepositoryAccess.OpenOrCreateDefaultAsync(context);
        options = options with { ExcludedFolders = OwnFolders(context, repository) };
        BackupMonitor monitor = new(context.Messages, alarm => RestoreHint(context, repository, alarm));
        BackupResult result = await monitor.WatchAsync(
            () => BackupOperation.RunAsync(repository, options, monitor, context.CancellationToken),
            options,
            context.CancellationToken);
        BackupReport report = new()
        {
            SnapshotId = result.SnapshotId.ToString(),
            FilesNew = result.FilesNew,
            FilesChanged = result.FilesChanged,
            FilesUnmodified = result.FilesUnmodified,
            DirsTotal = result.Directories,
            BytesProcessed = result.ProcessedInBytes,
            BytesAdded = result.AddedInBytes,
            BytesStored = result.StoredInBytes,
            SentinelFiles = result.SentinelFiles,
            SentinelBytes = result.SentinelInBytes,
            RotAlarms = result.RotAlarms,
            PartialSnapshots = result.PartialSnapshots,
            DurationSeconds = Math.Round(result.Duration.TotalSeconds, 3),
            Errors = result.Errors,
        };
        return context.Conclude(
            result.Errors + result.RotAlarms == 0 ? ExitCode.Done : ExitCode.Incomplete,
            report,
            ReportsContext.Default.BackupReport,
            output => output.WriteLine(Summarize(result)));
    }

    private static string Summarize(BackupResult result)
    {
        long files = result.FilesNew + result.FilesChanged + result.FilesUnmodified;
        double seconds = Math.Max(result.Duration.TotalSeconds, 0.001);
        string errors = result.Errors == 0 ? "" : $"; {Count.Of(result.Errors, "thing")} could not be read, see above";
        string alarms = result.RotAlarms == 0 ? "" : $"; {Count.Of(result.RotAlarms, "file")} found rotten, see above";
        return $"snapshot {result.SnapshotId.ToShortString()} saved: {Count.Of(files, "file")}, "
            + $"{ByteSize.Format(result.ProcessedInBytes)} in {TimeText.Format(result.Duration)} "
            + $"({ByteSize.Format(result.ProcessedInBytes / seconds)}/s); "
            + $"new {ByteSize.Format(result.AddedInBytes)}, stored {ByteSize.Format(result.StoredInBytes)}{errors}{alarms}";
    }

    // Into a folder of its own: nothing there is overwritten.
    private static string RestoreHint(CommandContext context, Repository repository, RotAlarm alarm)
    {
        string keyFile = context.Get(context.Globals.KeyFile) is { } file ? $" --key-file {ShellWord.Quote(CommandContext.ToName(file))}" : "";
        ByteName place = new([.. Encoding.UTF8.GetBytes($"{alarm.SnapshotId.ToShortString()}:"), .. alarm.Path.Span]);
        return $"ebla restore -r {ShellWord.Quote(ByteName.FromText(repository.Backend.Location))}{keyFile} {ShellWord.Quote(place)} ./rescued";
    }

    // A repository that backs itself up would grow with every run.
    private static List<ByteName> OwnFolders(CommandContext context, Repository repository)
    {
        List<ByteName> folders = [];
        if (repository.Backend is LocalBackend local)
        {
            folders.Add(ByteName.FromText(local.Location));
        }
        if (RepositoryAccess.CacheFolder(context) is { } cache)
        {
            folders.Add(ByteName.FromText(cache));
        }
        return folders;
    }
}
