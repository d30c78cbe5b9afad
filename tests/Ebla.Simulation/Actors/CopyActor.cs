using Ebla.Operations.Copies;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Simulation.Oracles;

namespace Ebla.Simulation.Actors;

/// <summary>Copies all snapshots to the mirror.</summary>
internal sealed class CopyActor : IActor
{
    public string Name => "copy";

    public async Task RunAsync(ActorContext context)
    {
        World world = context.World;
        await using Repository source = await context.OpenAsync(world.Main);
        await using Repository destination = await context.OpenAsync(world.Mirror);
        Observer observer = new(context);
        CopyResult result = await CopyOperation.RunAsync(
            source,
            destination,
            new CopyOptions { Upload = world.Scenario.Upload, CommitCountMax = 2, FetchesInFlightMax = 3 },
            observer,
            context.CancellationToken);
        if (context.MustSucceed && (result.SnapshotsFailed > 0 || observer.Problems.Count > 0))
        {
            throw new OracleException($"{context.Process.Name}: not copied: {string.Join("; ", observer.Problems)}");
        }
    }

    private sealed class Observer(ActorContext context) : ICopyObserver
    {
        public List<string> Problems { get; } = [];

        public void Started(CopyCounters counters)
        {
        }

        public void Problem(string message) => Problems.Add(message);

        public void Notice(string message)
        {
        }

        public void Copied(StoredSnapshot source, ObjectId? copy)
        {
            context.World.Scheduler.Note($"{context.Process.Name}: copied {source.Id.ToString()[..8]}");
            context.World.Mirror.Committed(copy!.Value, context.Process.Name);
        }
    }
}
