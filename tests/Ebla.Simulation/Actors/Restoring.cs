using Ebla.Operations.Restores;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Simulation.Oracles;

namespace Ebla.Simulation.Actors;

/// <summary>One restore, with what it complained of.</summary>
internal sealed class Restoring : IRestoreObserver
{
    public List<string> Problems { get; } = [];

    public async Task RunAsync(Repository repository, SeenSnapshot snapshot, string target, CancellationToken cancellationToken)
    {
        try
        {
            _ = await RestoreOperation.RunAsync(
                repository,
                new RestoreOptions
                {
                    Snapshot = snapshot.Id.ToString(),
                    Target = ByteName.FromText(target),
                    PathInSnapshot = snapshot.Snapshot.Paths[0],
                    WorkerCount = 2,
                },
                this,
                cancellationToken);
        }
        catch (SnapshotNotFoundException exception) when (snapshot.Snapshot.IsPartial && exception.Message.Contains("in snapshot"))
        {
            // It was committed before anything below the path was finished.
        }
    }

    public void Started(RestoreCounters counters)
    {
    }

    public void Problem(RestoreProblem problem) => Problems.Add($"{problem.Path}: {problem.Message}");

    public void Notice(RestoreProblem notice)
    {
    }
}
