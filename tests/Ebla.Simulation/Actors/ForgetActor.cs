using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Simulation.Actors;

/// <summary>Forgets some of the snapshots that can be seen.</summary>
internal sealed class ForgetActor : IActor
{
    public string Name => "forget";

    public async Task RunAsync(ActorContext context)
    {
        World world = context.World;
        await using Repository repository = await context.OpenAsync(world.Main);
        double share = context.Process.Chance.Fraction();
        ObjectId[] chosen = [.. world.Main.Counting.Where(_ => context.Process.Chance.Happens(share)).Select(seen => seen.Id)];
        foreach (ObjectId snapshot in chosen)
        {
            world.Scheduler.Note($"{context.Process.Name}: forgets {snapshot.ToString()[..8]}");
            world.Main.Forget(snapshot);
        }
        if (chosen.Length > 0)
        {
            await world.Maintenance.ForgetAsync(repository, chosen, context);
        }
    }
}
