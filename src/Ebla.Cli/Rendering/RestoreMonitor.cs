using System.Diagnostics;
using Ebla.Cli.Invocation;
using Ebla.Cli.Reports;
using Ebla.Operations.Restores;

namespace Ebla.Cli.Rendering;

/// <summary>Shows what a running restore does and meets; of a dry run, what would be done, on standard output.</summary>
internal sealed class RestoreMonitor(CommandContext context, bool isDryRun) : IRestoreObserver
{
    private readonly RateMeter _rate = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private volatile RestoreCounters? _counters;

    /// <summary>What a dry run would do, for JSON; null if it is no dry run.</summary>
    public List<RestoreStepReport>? Steps { get; } = isDryRun && context.IsJson ? [] : null;

    public void Started(RestoreCounters counters) => _counters = counters;

    public void Problem(RestoreProblem problem) => context.Messages.Problem(ProblemLine.Of(problem.Path, problem.Message));

    public void Notice(RestoreProblem notice) => context.Messages.Notice(ProblemLine.Of(notice.Path, notice.Message));

    public void Planned(RestoreStep planned)
    {
        if (Steps is not null)
        {
            Steps.Add(RestoreStepReport.Of(planned));
        }
        else
        {
            context.Output.WriteLine($"{SafeText.ToSnakeCase(planned.Action.ToString()),-8}{planned.Path}");
        }
    }

    /// <summary>All steps have been told.</summary>
    public void EndSteps() => context.Flush();

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
