using Ebla.Backends;
using Ebla.Backends.Memory;

namespace Ebla.Tests.Backends;

/// <summary>A decorator without a fault, over another one, changes nothing.</summary>
public sealed class FaultyBackendContractTests : BackendContract
{
    private readonly MemoryBackend _store = new();

    protected override Task<IBackend> CreateAsync() => ReopenAsync();

    protected override Task<IBackend> ReopenAsync()
        => Task.FromResult<IBackend>(new FaultyBackend(_store));
}
