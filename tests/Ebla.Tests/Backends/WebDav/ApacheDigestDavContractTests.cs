using Ebla.Tests.Backends.Servers;
using Xunit;

namespace Ebla.Tests.Backends.WebDav;

/// <summary>Apache's mod_dav, Digest over TLS.</summary>
public sealed class ApacheDigestDavContractTests : ServerContract
{
    private protected override TestServer Server => TestServer.Get("apache-dav", "AUTH=digest");

    [Fact]
    public override Task Of_racing_creations_of_the_header_exactly_one_wins() => RaceForHeaderAsync();
}
