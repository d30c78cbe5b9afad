using System.Collections.Concurrent;
using System.Diagnostics;
using Ebla.Cli.Invocation;
using Ebla.Operations.Copies;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Cli.Rendering;

/// <summary>Shows what a running copy does and meets.</summary>
internal sealed class CopyMonitor(Messages messages, bool isDryRun) : ICopyObserver
{
    private readonly RateMeter _rate = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly ConcurrentQueue<(StoredSnapshot Source, ObjectId? Copy)> _copied = [];
    private volatile CopyCounters? _counters;

    /// <summary>The snapshots copied so far.</summary>
    public IReadOnlyCollection<(StoredSnapshot Source, ObjectId? Copy)> Copied => _copied;

    void ICopyObserver.Started(CopyCounters counters) => _counters = counters;

    void ICopyObserver.Problem(string message) => messages.Problem($"damage: {message}");

    void ICopyObserver.Notice(string message) => messages.Notice($"note: {message}");

    void ICopyObserver.Copied(StoredSnapshot source, ObjectId? copy)
    {
        _copied.Enqueue((source, copy));
        string time = TimeText.Format(source.Snapshot.Time.ToDateTimeOffset());
        messages.Notice(isDryRun
            ? $"would copy snapshot {source.Id.ToShortString()} of {source.Snapshot.Host}, {time}"
            : $"copied snapshot {source.Id.ToShortString()} of {source.Snapshot.Host}, {time}, as {copy?.ToShortString()}");
    }

    public IReadOnlyList<string> Lines()
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        if (_counters is not { Snapshots: > 0 } counters)
        {
            return ["reading the index ..."];
        }
        double rate = _rate.Update(elapsed, counters.ReadInBytes);
        Progress progress = new(null, counters.ReadInBytes, counters.PlannedInBytes, rate, elapsed, counters.SnapshotsFailed);
        return [$"{counters.SnapshotsCopied:N0} of {Count.Of(counters.Snapshots, "snapshot")}; {progress}"];
    }
}
