using Ebla.Backends;
using Ebla.Backends.Decorators;
using Ebla.Backends.Traffic;
using Ebla.Repositories;
using Ebla.Simulation.Oracles;
using Ebla.Simulation.Stores;

namespace Ebla.Simulation.Actors;

/// <summary>What an actor works with: its machine, its process, the world.</summary>
internal sealed record ActorContext(World World, Machine Machine, Process Process)
{
    public CancellationToken CancellationToken => Process.Interruption.Token;

    /// <summary>Whether nothing but good luck was planned for this process: then it must succeed.</summary>
    public bool MustSucceed => Process.Fate.Kind == FateKind.Kind && !World.HasTrouble;

    /// <summary>Opens the repository at a store, through a connection of its own.</summary>
    public Task<Repository> OpenAsync(StoreOracle oracle) => Repository.OpenAsync(
        Connect(World.StoreOf(oracle)),
        World.Credential,
        new RepositoryOptions
        {
            CacheFolder = Machine.CacheFolder,
            MetadataCacheSizeInBytes = Machine.CacheFolder is null ? 0 : 1 << 24,
            Time = Process.Clock,
            Entropy = Process.Entropy,
        },
        CancellationToken);

    private IBackend Connect(SimulatedStore store)
    {
        IBackend connection = World.Fault.Wrap(new StoreConnection(store, Process), this);
        if (!World.Scenario.HasRetries)
        {
            return connection;
        }
        Random random = new(Process.Chance.Below(int.MaxValue));
        return new RetryingBackend(
            connection, new Retries(new RetryTimes(), Process.Clock, random, new TrafficMeter(), static _ => { }));
    }
}
