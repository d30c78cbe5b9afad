using Ebla.Backends;
using Ebla.Backends.Decorators;
using Ebla.Backends.Memory;
using Ebla.Backends.Traffic;

namespace Ebla.Tests.Backends.Decorators;

/// <summary>Over a store of which one call in four fails, before or after its effect, it is as if none did.</summary>
public sealed class RetryingBackendContractTests : BackendContract
{
    // Waits are real: with chance always nought they take no time.
    private readonly MemoryBackend _store = new();
    private int _seed = 4711;

    protected override Task<IBackend> CreateAsync() => ReopenAsync();

    protected override Task<IBackend> ReopenAsync() => Task.FromResult<IBackend>(new RetryingBackend(
        FaultyBackend.Dropping(_store, ++_seed, 4),
        new Retries(RetryTimes.Always(TimeSpan.FromHours(1)), TimeProvider.System, new NoChance(), new TrafficMeter(), _ => { })));
}
