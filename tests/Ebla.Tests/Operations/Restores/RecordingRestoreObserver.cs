using System.Collections.Concurrent;
using Ebla.Operations.Restores;

namespace Ebla.Tests.Operations.Restores;

internal sealed class RecordingRestoreObserver(Action? onStarted = null) : IRestoreObserver
{
    public ConcurrentQueue<RestoreProblem> Problems { get; } = [];

    public ConcurrentQueue<RestoreProblem> Notices { get; } = [];

    public ConcurrentQueue<RestoreStep> Steps { get; } = [];

    public RestoreCounters? Counters { get; private set; }

    public SortedSet<string> Paths => [.. Problems.Select(problem => problem.Path.ToString())];

    public void Started(RestoreCounters counters)
    {
        Counters = counters;
        onStarted?.Invoke();
    }

    public void Problem(RestoreProblem problem) => Problems.Enqueue(problem);

    public void Notice(RestoreProblem notice) => Notices.Enqueue(notice);

    public void Planned(RestoreStep planned) => Steps.Enqueue(planned);
}
