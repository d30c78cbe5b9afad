using Ebla.Backends;
using Ebla.Tests.Backends.Servers;

namespace Ebla.Tests.Backends.S3;

/// <summary>Over TLS, where bodies are not signed.</summary>
public sealed class RadosgwTlsContractTests : BackendContract
{
    private readonly string _place = S3Fixture.NewTlsPlace(TestServer.Get("radosgw"));

    /// <summary>Version 16 answers 500 to some of them.</summary>
    protected override bool IsReadingDisturbedByReplacing => true;

    protected override Task<IBackend> CreateAsync() => ReopenAsync();

    protected override Task<IBackend> ReopenAsync() => Task.FromResult(S3Fixture.OpenTls(TestServer.Get("radosgw"), _place));
}
