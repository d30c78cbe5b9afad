using Ebla.Backends;
using Ebla.Backends.Decorators;
using Ebla.Backends.Memory;
using Ebla.Backends.Traffic;

namespace Ebla.Tests.Backends.Decorators;

public sealed class PacedBackendContractTests : BackendContract
{
    private readonly MemoryBackend _store = new();

    protected override Task<IBackend> CreateAsync() => ReopenAsync();

    protected override Task<IBackend> ReopenAsync()
        => Task.FromResult<IBackend>(new PacedBackend(_store, new Line(new LineLimits(1L << 40, 1L << 40), TimeProvider.System)));
}
