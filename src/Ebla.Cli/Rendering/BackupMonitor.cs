using System.Diagnostics;
using Ebla.Cli.Invocation;
using Ebla.Operations.Backups;
using Ebla.Operations.Backups.Scanning;
using Ebla.Operations.Backups.Sentinels;

namespace Ebla.Cli.Rendering;

/// <summary>Shows what a running backup does and meets.</summary>
internal sealed class BackupMonitor(Messages messages, Func<RotAlarm, string> restoreCommand) : IBackupObserver
{
    private readonly RateMeter _rate = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private volatile BackupCounters? _counters;

    /// <summary>Runs a backup and shows how it comes along, if somebody watches.</summary>
    public async Task<BackupResult> WatchAsync(
        Func<Task<BackupResult>> run, BackupOptions options, CancellationToken cancellationToken)
    {
        if (!messages.IsLive || options.Input is not null)
        {
            return await run();
        }
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        SourceEstimate estimate = SourceEstimate.Start(options, stop.Token);
        try
        {
            return await messages.ShowWhileAsync(() => Lines(estimate), run());
        }
        finally
        {
            await stop.CancelAsync();
            await estimate.Completion;
        }
    }

    public void Started(BackupCounters counters) => _counters = counters;

    public void Problem(BackupProblem problem) => messages.Problem(ProblemLine.Of(problem.Path, problem.Message));

    public void Notice(BackupProblem notice) => messages.Notice(ProblemLine.Of(notice.Path, notice.Message));

    public void RotFound(RotAlarm alarm)
    {
        string id = alarm.SnapshotId.ToShortString();
        messages.Problem(alarm.Kind switch
        {
            RotKind.Passing => $"ROT ALARM: {alarm.Path}: was read wrong, and right the second time: the disk, its cable or the memory of "
                + $"this machine may be failing. The right content is in this snapshot, and in {id}.",
            RotKind.Unreadable => $"ROT ALARM: {alarm.Path}: {alarm.Message}. This snapshot keeps the content of snapshot {id}; to get "
                + $"it: {restoreCommand(alarm)}",
            _ => $"ROT ALARM: {alarm.Path}: its content has changed, its size and times have not: the disk or the memory of this machine "
                + $"may be failing. The old content is in snapshot {id}; to get it: {restoreCommand(alarm)}",
        });
    }

    private IReadOnlyList<string> Lines(SourceEstimate estimate)
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        if (_counters is not { } counters)
        {
            return ["reading the index ..."];
        }
        long done = counters.ProcessedInBytes;
        Progress progress = new(
            counters.Files,
            done,
            estimate.IsComplete ? estimate.SizeInBytes : null,
            _rate.Update(elapsed, done),
            elapsed,
            counters.Errors);
        return [progress.ToString(), counters.CurrentPath.ToString()];
    }
}
