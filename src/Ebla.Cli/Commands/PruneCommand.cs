using System.CommandLine;
using System.Globalization;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.FileSystems;
using Ebla.Operations.Prunes;
using Ebla.Repositories;

namespace Ebla.Cli.Commands;

internal static class PruneCommand
{
    private const string MaxUnusedName = "--max-unused";
    private const string RepackName = "--max-repack-size";
    private const string GraceName = "--grace";
    private const string WaitName = "--wait";
    private const string FenceName = "--fence-after";
    private const string LagName = "--list-lag";

    public static Command Create(CommandRunner runner)
    {
        Option<bool> dryRun = new("--dry-run", "-n")
        {
            Description = "Only say what would be removed, to the byte. Reads what a prune would read. Writes nothing.",
        };
        Option<string> maxUnused = new(MaxUnusedName)
        {
            Description = "How much may be left unused, in percent of what is used (default 4%). 0 copies all that is used out of every pack "
                + "that also holds something else.",
            HelpName = "PERCENT",
        };
        Option<string> repack = new(RepackName)
        {
            Description = "Copy no more than this out of packs that are little used. The next prune goes on.",
            HelpName = "SIZE",
        };
        Option<string> grace = new(GraceName)
        {
            Description = "Keep forgotten snapshots so long that they can be brought back, counted from when a prune on this machine first saw "
                + "them (default 0).",
            HelpName = "DURATION",
        };
        Option<string> wait = new(WaitName)
        {
            Description = "How long to wait for backups that were at work when packs were condemned (default 15m). Backups never wait.",
            HelpName = "DURATION",
        };
        Option<string> fence = new(FenceName)
        {
            Description = "A backup that gives no sign of life for so long is declared over (default 5m). If it lives all the same, it looks "
                + "again at what it stored.",
            HelpName = "DURATION",
        };
        Option<string> lag = new(LagName)
        {
            Description = "How long the store may take to list what was put (default 0; for stores that copy themselves elsewhere).",
            HelpName = "DURATION",
        };
        TaughtCommand command = new(
            "prune",
            "Gives back the space of what no snapshot needs. Backups, restores and other prunes can run meanwhile, on any machine; "
            + "it can be stopped at any point, and the next one goes on.",
            """
            ebla forget --keep-daily 7 --keep-monthly 12 && ebla prune
            ebla prune --dry-run                                          what it would gain
            ebla prune --max-repack-size 10G                              in steps, on a slow line
            """)
        {
            dryRun,
            maxUnused,
            repack,
            grace,
            wait,
            fence,
            lag,
        };
        runner.Attach(command, context =>
        {
            PruneOptions options = new();
            options = options with
            {
                DryRun = context.Get(dryRun),
                UnusedShareMax = context.Get(maxUnused) is { } share ? ParseShare(share) : options.UnusedShareMax,
                RepackSizeInBytesMax = context.Get(repack) is { } size
                    ? ByteSize.TryParse(size) ?? throw new UsageException($"{RepackName}: '{size}' is no size; try 10GiB.")
                    : null,
                // No timer waits for this one, and locks of stores last for years.
                Grace = Parse(context.Get(grace), GraceName, options.Grace, daysMax: 3660),
                SessionWait = Parse(context.Get(wait), WaitName, options.SessionWait),
                FenceAfter = Parse(context.Get(fence), FenceName, options.FenceAfter),
                ListLag = Parse(context.Get(lag), LagName, options.ListLag),
            };
            return RunAsync(context, options);
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, PruneOptions options)
    {
        _ = OpenFileLimit.Raise();
        await using Repository repository = await RepositoryAccess.OpenAsync(context);
        PruneMonitor monitor = new(context.Messages);
        PruneResult result = await context.Messages.ShowWhileAsync(
            monitor.Lines, PruneOperation.RunAsync(repository, options, monitor, context.CancellationToken));
        bool isUnable = result.IsDryRun && !options.DryRun;
        if (isUnable)
        {
            context.Messages.Problem("the store refuses deletions, so nothing was removed: this is what could go");
        }
        int exitCode = isUnable ? ExitCode.Failed
            : result.SessionsStanding > 0 && !result.IsDryRun ? ExitCode.Busy
            : result.Refused > 0 ? ExitCode.Incomplete
            : ExitCode.Done;
        return context.Conclude(
            exitCode,
            PruneReport.Of(result, StoreReport.Of(context)),
            ReportsContext.Default.PruneReport,
            output => Write(output, result));
    }

    private static void Write(TextWriter output, PruneResult result)
    {
        if (result.SessionsStanding > 0 && !result.IsDryRun)
        {
            output.WriteLine(
                $"{Count.Of(result.PacksLeft, "pack")} condemned, not removed yet: {Count.Of(result.SessionsStanding, "session")} still at work "
                + "that may rely on them. Run ebla prune again later, or with a longer --wait");
            return;
        }
        string would = result.IsDryRun ? "to be " : "";
        string inGrace = result.SnapshotsInGrace == 0 ? "" : $" ({result.SnapshotsInGrace:N0} more can still be brought back)";
        output.WriteLine($"{Count.Of(result.SnapshotsRemoved, "forgotten snapshot")} {would}removed{inGrace}; packs: {result.PacksRemoved:N0} "
            + $"{would}removed, {result.PacksRepacked:N0} {would}repacked; {result.PacksKept:N0} kept, "
            + $"{ByteSize.Format(result.UnusedInBytes)} in them unused");
        long freed = result.RemovedInBytes - result.StoredInBytes;
        string change = freed >= 0
            ? $"{(result.IsDryRun ? "would free" : "freed")} {ByteSize.Format(freed)}"
            : $"{(result.IsDryRun ? "would take" : "took")} {ByteSize.Format(-freed)} more";
        output.WriteLine($"{change}: "
            + $"{ByteSize.Format(result.RemovedInBytes)} removed, {ByteSize.Format(result.StoredInBytes)} written, "
            + $"in {TimeText.Format(result.Duration)}");
        if (result.Refused > 0)
        {
            output.WriteLine($"{Count.Of(result.Refused, "deletion")} refused by the store: what is left of what was condemned goes with the next "
                + "prune that may delete it");
        }
        if (result.SnapshotsFinished > 0)
        {
            output.WriteLine($"{Count.Of(result.SnapshotsFinished, "snapshot")} of runs that died in the last moment put in place");
        }
    }

    private static TimeSpan Parse(string? text, string name, TimeSpan otherwise, int daysMax = DurationArgument.DaysMax)
        => text is null ? otherwise : DurationArgument.Parse(name, text, daysMax);

    private static double ParseShare(string text)
        => double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent)
            && percent is >= 0 and <= 1000
            ? percent / 100
            : throw new UsageException($"{MaxUnusedName}: '{text}' is no share; try 4%.");
}
