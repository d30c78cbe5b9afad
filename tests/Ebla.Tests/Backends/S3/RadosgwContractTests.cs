using Ebla.Backends;
using Ebla.Tests.Backends.Servers;

namespace Ebla.Tests.Backends.S3;

/// <summary>The gateway of Ceph, the strong one: it honours conditions, and what is put is listed at once.</summary>
public sealed class RadosgwContractTests : BackendContract
{
    private readonly string _place = TestServer.Get("radosgw").NewPlace();

    /// <summary>Version 16 answers 500 to some of them.</summary>
    protected override bool IsReadingDisturbedByReplacing => true;

    protected override Task<IBackend> CreateAsync() => ReopenAsync();

    protected override Task<IBackend> ReopenAsync() => Task.FromResult(TestServer.Get("radosgw").Open(_place));
}
