using Ebla.Backends;
using Ebla.Backends.Decorators;
using Ebla.Backends.Memory;
using Ebla.Backends.Traffic;

namespace Ebla.Tests.Backends.Decorators;

public sealed class CountingBackendContractTests : BackendContract
{
    private readonly MemoryBackend _store = new();

    protected override Task<IBackend> CreateAsync() => ReopenAsync();

    protected override Task<IBackend> ReopenAsync()
        => Task.FromResult<IBackend>(new CountingBackend(_store, new TrafficMeter()));
}
