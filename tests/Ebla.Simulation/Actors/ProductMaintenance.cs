using Ebla.Operations.Prunes;
using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Simulation.Oracles;
using Ebla.Simulation.Scheduling;

namespace Ebla.Simulation.Actors;

/// <summary>The product's own operations.</summary>
internal sealed class ProductMaintenance : IMaintenance
{
    public Task ForgetAsync(Repository repository, IReadOnlyList<ObjectId> snapshots, ActorContext context) => ForgetOperation.RunAsync(
        repository,
        new ForgetOptions { Snapshots = [.. snapshots.Select(snapshot => snapshot.ToString())], AllowsEmptyGroup = true },
        context.CancellationToken);

    public async Task PruneAsync(Repository repository, bool isThorough, ActorContext context)
    {
        Scenario scenario = context.World.Scenario;
        Chance chance = context.Process.Chance;
        Observer observer = new();
        PruneResult result = await PruneOperation.RunAsync(
            repository,
            new PruneOptions
            {
                UnusedShareMax = isThorough ? 0 : chance.Pick([0, 0.05, 0.5]),
                RepackSizeInBytesMax = !isThorough && chance.Happens(0.2) ? chance.Between(0, 20_000) : null,
                DryRun = !isThorough && chance.Happens(0.1),
                ListLag = scenario.Traits.ListLag,
                SessionWait = 30 * scenario.Upload.HeartbeatInterval,
                FenceAfter = chance.Between(1, 6) * scenario.Upload.HeartbeatInterval,
                Upload = scenario.Upload,
            },
            observer,
            context.CancellationToken);
        context.World.Scheduler.Note(
            $"{context.Process.Name}: {result.PacksRemoved} packs removed, {result.PacksRepacked} repacked, {result.PacksLeft} left, "
            + $"{result.SnapshotsRemoved} snapshots removed, {result.SessionsFenced} fenced, {result.SnapshotsFinished} finished"
            + (result.IsDryRun ? ", in a dry run" : ""));
        if (observer.Problems.Count > 0)
        {
            throw new OracleException($"{context.Process.Name}: {string.Join("; ", observer.Problems)}");
        }
    }

    private sealed class Observer : IPruneObserver
    {
        public List<string> Problems { get; } = [];

        public void Doing(string what)
        {
        }

        public void Notice(string message)
        {
        }

        public void Problem(string message) => Problems.Add(message);
    }
}
