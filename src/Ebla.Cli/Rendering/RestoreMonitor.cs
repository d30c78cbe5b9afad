using System.Diagnostics;
using Ebla.Cli.Invocation;
using Ebla.Operations.Restores;

namespace Ebla.Cli.Rendering;

/// <summary>Shows what a running restore does and meets.</summary>
internal sealed class RestoreMonitor(Messages messages) : IRestoreObserver
{
    private readonly RateMeter _rate = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private volatile RestoreCounters? _counters;

    public void Started(RestoreCounters counters) => _counters = counters;

    public void Problem(RestoreProblem problem) => messages.Problem(ProblemLine.Of(problem.Path, problem.Message));

    public void Notice(RestoreProblem notice) => messages.Notice(ProblemLine.Of(notice.Path, notice.Message));

    public IReadOnlyList<string> Lines()
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        if (_counters is not { } counters)
        {
            return ["reading the index ..."];
        }
        long done = counters.RestoredInBytes;
        return
        [
            new Progress(counters.Files, done, counters.ExpectedInBytes, _rate.Update(elapsed, done), elapsed, counters.Errors)
                .ToString(),
        ];
    }
}
