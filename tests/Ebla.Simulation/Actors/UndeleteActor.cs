using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Simulation.Oracles;

namespace Ebla.Simulation.Actors;

/// <summary>Brings a forgotten snapshot back, if no prune was faster.</summary>
internal sealed class UndeleteActor : IActor
{
    public string Name => "undelete";

    public async Task RunAsync(ActorContext context)
    {
        World world = context.World;
        SeenSnapshot[] forgotten = [.. world.Main.Forgotten];
        if (forgotten.Length == 0)
        {
            return;
        }
        ObjectId chosen = context.Process.Chance.Pick(forgotten).Id;
        await using Repository repository = await context.OpenAsync(world.Main);
        IReadOnlyList<StoredSnapshot> back = await UndeleteOperation.RunAsync(repository, [chosen.ToString()], context.CancellationToken);
        foreach (StoredSnapshot stored in back)
        {
            world.Scheduler.Note($"{context.Process.Name}: {stored.Id.ToString()[..8]} counts again");
            world.Main.Undeleted(stored.Id, context.Process.Name);
        }
    }
}
