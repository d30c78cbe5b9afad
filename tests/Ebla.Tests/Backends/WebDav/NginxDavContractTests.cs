using Ebla.Tests.Backends.Servers;
using Xunit;

namespace Ebla.Tests.Backends.WebDav;

/// <summary>nginx, which knows no conditions.</summary>
public sealed class NginxDavContractTests : ServerContract
{
    private protected override TestServer Server => TestServer.Get("nginx-dav");

    [Fact]
    public override Task Of_racing_creations_of_the_header_exactly_one_wins() => RaceForHeaderAsync();
}
