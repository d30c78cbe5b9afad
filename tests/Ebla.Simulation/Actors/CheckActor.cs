using Ebla.Operations.Checks;
using Ebla.Repositories;
using Ebla.Simulation.Oracles;

namespace Ebla.Simulation.Actors;

/// <summary>Checks the repository while others work on it.</summary>
internal sealed class CheckActor : IActor
{
    public string Name => "check";

    public async Task RunAsync(ActorContext context)
    {
        await using Repository repository = await context.OpenAsync(context.World.Main);
        try
        {
            await CheckAsync(repository, readData: context.Process.Chance.Happens(0.5), context.Process.Name, context.CancellationToken);
        }
        catch (OracleException) when (context.World.Scenario.Traits.ListLag > TimeSpan.Zero)
        {
            // A listing that lags shows damage where there is none. In the end it must be gone.
        }
    }

    /// <summary>Checks, and throws if there is damage.</summary>
    public static async Task CheckAsync(Repository repository, bool readData, string who, CancellationToken cancellationToken)
    {
        CheckResult result = await CheckOperation.RunAsync(
            repository, new CheckOptions { ReadData = readData, WorkerCount = 2 }, new Observer(), cancellationToken);
        if (result.HasDamage)
        {
            throw new OracleException($"{who}: check finds damage: {string.Join("; ", result.Findings
                .Where(finding => finding.Severity == CheckSeverity.Damage).Select(finding => finding.Message).Take(3))}");
        }
    }

    private sealed class Observer : ICheckObserver
    {
        public void Started(CheckCounters counters)
        {
        }

        public void Found(CheckFinding finding)
        {
        }
    }
}
