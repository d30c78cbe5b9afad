using System.CommandLine;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.FileSystems;
using Ebla.Operations.Copies;
using Ebla.Repositories;

namespace Ebla.Cli.Commands;

internal static class CopyCommand
{
    public static Command Create(CommandRunner runner)
    {
        Argument<string[]> snapshots = new("SNAPSHOT")
        {
            Description = "Snapshots of the source: 'latest', 'latest:HOST', or the start of an id. Without any: all.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string> source = new("--from")
        {
            Description = "The repository to copy from.",
            HelpName = "LOCATION",
            Required = true,
        };
        FilterOptions filter = new();
        Option<bool> all = new("--all") { Description = "Also partial snapshots that a later one supersedes." };
        Option<bool> dryRun = new("--dry-run", "-n") { Description = "Only say what would be copied. Writes nothing." };
        Option<bool> openAll = new("--read-data")
        {
            Description = "Decompress and verify also what could go over compressed; without it, its hash and its encryption are verified.",
        };
        FromOptions from = new();
        TaughtCommand command = new(
            "copy",
            "Copies snapshots from another repository into this one. What is here is passed over, so it can be run again at any time, "
            + "and goes on where it was cut off.",
            """
            ebla copy --repo sftp:host:backup --from /mnt/backup          all that the other has not got yet
            ebla copy -r /mnt/usb --from /mnt/backup latest               one snapshot
            ebla init -r /mnt/usb --like /mnt/backup                      first, for a repository that deduplicates with the other
            """)
        {
            snapshots,
            source,
            all,
            dryRun,
            openAll,
        };
        filter.AddTo(command);
        from.AddTo(command);
        runner.Attach(command, context =>
        {
            CopyOptions options = filter.Apply(context, new CopyOptions
            {
                Snapshots = context.Get(snapshots) ?? [],
                IncludeSuperseded = context.Get(all),
                DryRun = context.Get(dryRun),
                OpenAll = context.Get(openAll),
            });
            return RunAsync(context, from, context.Get(source)!, options);
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, FromOptions from, string location, CopyOptions options)
    {
        _ = OpenFileLimit.Raise();
        await using Repository source = await from.OpenAsync(context, location);
        await using Repository destination = await RepositoryAccess.OpenAsync(context);
        CopyMonitor monitor = new(context.Messages, options.DryRun);
        CopyResult result = await context.Messages.ShowWhileAsync(
            monitor.Lines, CopyOperation.RunAsync(source, destination, options, monitor, context.CancellationToken));
        return context.Conclude(
            result.SnapshotsFailed > 0 ? ExitCode.Damage : ExitCode.Done,
            CopyReport.Of(result, monitor.Copied, options.DryRun, StoreReport.Of(context)),
            ReportsContext.Default.CopyReport,
            output => output.WriteLine(Summary(result, options.DryRun)));
    }

    private static string Summary(CopyResult result, bool isDryRun)
    {
        string skipped = result.SnapshotsSkipped == 0 ? "" : $", {result.SnapshotsSkipped:N0} there already";
        string failed = result.SnapshotsFailed == 0 ? "" : $", {result.SnapshotsFailed:N0} NOT COPIED: damaged in the source";
        string snapshots = $"{Count.Of(result.SnapshotsCopied, "snapshot")} {(isDryRun ? "to be copied" : "copied")}{skipped}{failed}";
        return isDryRun
            ? $"{snapshots}: up to {Count.Of(result.Blobs, "blob")}, {ByteSize.Format(result.ReadInBytes)} to be read"
            : $"{snapshots}: {Count.Of(result.Blobs, "new blob")}, read {ByteSize.Format(result.ReadInBytes)}, "
                + $"stored {ByteSize.Format(result.StoredInBytes)}, in {TimeText.Format(result.Duration)}";
    }
}
