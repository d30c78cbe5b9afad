using Ebla.Repositories;

namespace Ebla.Simulation.Actors;

/// <summary>Prunes.</summary>
internal sealed class PruneActor(bool isThorough = false) : IActor
{
    public string Name => "prune";

    public async Task RunAsync(ActorContext context)
    {
        await using Repository repository = await context.OpenAsync(context.World.Main);
        await context.World.Maintenance.PruneAsync(repository, isThorough, context);
    }
}
