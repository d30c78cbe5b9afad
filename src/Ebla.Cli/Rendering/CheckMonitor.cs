using System.Diagnostics;
using Ebla.Cli.Invocation;
using Ebla.Operations.Checks;

namespace Ebla.Cli.Rendering;

/// <summary>Shows what a running check does and finds.</summary>
internal sealed class CheckMonitor(Messages messages, bool readsData) : ICheckObserver
{
    private readonly RateMeter _rate = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private volatile CheckCounters? _counters;

    public void Started(CheckCounters counters) => _counters = counters;

    public void Found(CheckFinding finding)
    {
        string line = $"{finding.Severity.ToString().ToLowerInvariant()}: {finding.Message}";
        if (finding.Severity == CheckSeverity.Information)
        {
            messages.Notice(line);
        }
        else
        {
            messages.Problem(line);
        }
    }

    public IReadOnlyList<string> Lines()
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        if (_counters is not { } counters)
        {
            return ["reading the index ..."];
        }
        string catalog = $"{Count.Of(counters.Snapshots, "snapshot")}, {Count.Of(counters.IndexSegments, "index segment")}, "
            + $"{Count.Of(counters.Packs, "pack")}, {TimeText.Format(elapsed)}";
        if (!readsData || counters.ReadInBytes == 0)
        {
            return [catalog];
        }
        double rate = _rate.Update(elapsed, counters.ReadInBytes);
        return [new Progress(null, counters.ReadInBytes, counters.PacksInBytes, rate, elapsed, 0).ToString()];
    }
}
