using System.CommandLine;
using System.Text;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.FileSystems;
using Ebla.Operations.Backups;
using Ebla.Operations.Backups.Sentinels;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Cli.Commands;

internal static class BackupCommand
{
    public static Command Create(CommandRunner runner)
    {
        SourceArguments sources = new();
        SelectionArguments selection = new();
        Option<bool> dryRun = new("--dry-run", "-n")
        {
            Description = "Only list what would be backed up and what would not, and why. Stores nothing.",
        };
        Option<bool> readAll = new("--read-all")
        {
            Description = "Read every file, also those that seem unmodified. The same as --sentinel 1/1.",
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
        Option<string?> time = new("--time")
        {
            Description = "The snapshot's time instead of now: 2026-03-28T17:05:00Z, or '2026-03-28 17:05:00' for local time.",
            HelpName = "TIME",
        };
        Option<string?> description = new("--description") { Description = "A free text for the snapshot.", HelpName = "TEXT" };
        Option<string?> sentinel = SentinelArgument.Create();
        Option<string?> checkpoint = CheckpointArgument.Create();
        TaughtCommand command = new(
            "backup",
            "Backs up files and folders as one new snapshot. What the repository has already is not stored again.",
            """
            ebla backup ~                                     into the default repository, made the first time
            ebla backup /etc /home --repo /mnt/backup -x --exclude-caches --exclude '*.tmp'
            ebla backup ~ --exclude .cache --dry-run          what would go, what not, and why
            find . -newer stamp -print0 | ebla backup --files-from0 -
            ebla backup --stdin-name db.sql --from-command -- pg_dump shop
            ebla backup /srv -r /mnt/backup --tag before-upgrade --json
            """);
        sources.AddTo(command);
        selection.AddTo(command);
        foreach (Option option in (Option[])[dryRun, readAll, tags, host, time, description, sentinel, checkpoint])
        {
            command.Add(option);
        }
        runner.Attach(command, context =>
        {
            BackupOptions options = sources.Read(context, new BackupOptions
            {
                Selection = selection.Read(context),
                Tags = context.GetTexts(tags),
                Host = context.Get(host) is { } name ? CommandContext.ToName(name) : null,
                Time = context.Get(time) is { } given ? TimeArgument.Parse(given) : null,
                Description = CommandContext.ToText(context.Get(description) ?? "", description.Name),
                Sentinel = context.Get(readAll) ? SentinelShare.OneOf(1) : SentinelArgument.Parse(context.Get(sentinel)),
                CheckpointInterval = CheckpointArgument.Parse(context.Get(checkpoint)),
                Program = $"ebla {VersionCommand.Version}",
            });
            return context.Get(dryRun) ? DryRun.RunAsync(context, options) : RunAsync(context, options);
        });
        return command;
    }

    /// <summary>What must not be backed up: a repository that backs itself up would grow with every run.</summary>
    public static IReadOnlyList<ByteName> OwnFolders(CommandContext context, Repository repository)
    {
        List<ByteName> folders = [ByteName.FromText(repository.CacheFolder)];
        if (RepositoryLocation.Of(context).Folder is { } folder)
        {
            folders.Add(ByteName.FromText(folder));
        }
        if (RepositoryAccess.CacheFolder(context) is { } cache)
        {
            folders.Add(ByteName.FromText(cache));
        }
        return folders;
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
            Excluded = result.Excluded,
            BytesProcessed = result.ProcessedInBytes,
            BytesAdded = result.AddedInBytes,
            BytesStored = result.StoredInBytes,
            SentinelFiles = result.SentinelFiles,
            SentinelBytes = result.SentinelInBytes,
            RotAlarms = result.RotAlarms,
            PartialSnapshots = result.PartialSnapshots,
            DurationSeconds = Math.Round(result.Duration.TotalSeconds, 3),
            Errors = result.Errors,
            Store = StoreReport.Of(context),
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
        string excluded = result.Excluded == 0 ? "" : $"; {Count.Of(result.Excluded, "thing")} left out";
        string errors = result.Errors == 0 ? "" : $"; {Count.Of(result.Errors, "thing")} could not be read, see above";
        string alarms = result.RotAlarms == 0 ? "" : $"; {Count.Of(result.RotAlarms, "file")} found rotten, see above";
        return $"snapshot {result.SnapshotId.ToShortString()} saved: {Count.Of(files, "file")}, "
            + $"{ByteSize.Format(result.ProcessedInBytes)} in {TimeText.Format(result.Duration)} "
            + $"({ByteSize.Format(result.ProcessedInBytes / seconds)}/s); "
            + $"new {ByteSize.Format(result.AddedInBytes)}, stored {ByteSize.Format(result.StoredInBytes)}{excluded}{errors}{alarms}";
    }

    // Into a folder of its own: nothing there is overwritten.
    private static string RestoreHint(CommandContext context, Repository repository, RotAlarm alarm)
    {
        string keyFile = context.Get(context.Globals.KeyFile) is { } file ? $" --key-file {ShellWord.Quote(CommandContext.ToName(file))}" : "";
        ByteName place = new([.. Encoding.UTF8.GetBytes($"{alarm.SnapshotId.ToShortString()}:"), .. alarm.Path.Span]);
        return $"ebla restore -r {ShellWord.Quote(ByteName.FromText(repository.Backend.Location))}{keyFile} {ShellWord.Quote(place)} ./rescued";
    }
}
