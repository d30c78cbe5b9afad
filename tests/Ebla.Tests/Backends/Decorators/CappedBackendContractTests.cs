using Ebla.Backends;
using Ebla.Backends.Decorators;
using Ebla.Backends.Memory;

namespace Ebla.Tests.Backends.Decorators;

public sealed class CappedBackendContractTests : BackendContract
{
    private readonly MemoryBackend _store = new();

    protected override Task<IBackend> CreateAsync() => ReopenAsync();

    protected override Task<IBackend> ReopenAsync()
        => Task.FromResult<IBackend>(new CappedBackend(_store, 1));
}
