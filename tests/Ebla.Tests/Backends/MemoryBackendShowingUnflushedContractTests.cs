using Ebla.Backends;
using Ebla.Backends.Memory;

namespace Ebla.Tests.Backends;

public sealed class MemoryBackendShowingUnflushedContractTests : BackendContract
{
    private readonly MemoryBackend _store = new(showsUnflushed: true);

    protected override Task<IBackend> CreateAsync() => Task.FromResult<IBackend>(_store);

    protected override Task<IBackend> ReopenAsync() => Task.FromResult<IBackend>(_store);
}
