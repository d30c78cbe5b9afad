using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Simulation.Oracles;

namespace Ebla.Simulation.Actors;

/// <summary>Restores a snapshot that can be seen, and compares.</summary>
internal sealed class RestoreActor : IActor
{
    public string Name => "restore";

    public async Task RunAsync(ActorContext context)
    {
        World world = context.World;
        SeenSnapshot[] seen = [.. world.Main.Counting];
        if (seen.Length == 0)
        {
            return;
        }
        SeenSnapshot chosen = context.Process.Chance.Pick(seen);
        await using Repository repository = await context.OpenAsync(world.Main);
        string target = world.NewTarget();
        Restoring restoring = new();
        try
        {
            await restoring.RunAsync(repository, chosen, target, context.CancellationToken);
        }
        catch (SnapshotNotFoundException) when (world.Main.IsForgotten(chosen.Id) || world.Scenario.Traits.ListLag > TimeSpan.Zero)
        {
            return;
        }
        if (world.Main.IsForgotten(chosen.Id))
        {
            return;
        }
        if (restoring.Problems.Count > 0)
        {
            if (!world.Scenario.Traits.HasErrors && world.Scenario.Traits.ListLag == TimeSpan.Zero)
            {
                throw new OracleException(
                    $"{context.Process.Name}: snapshot {chosen.Id.ToString()[..8]} does not restore: {string.Join("; ", restoring.Problems)}");
            }
            return;
        }
        world.Contents.Compare(chosen, target, context.Process.Name);
    }
}
