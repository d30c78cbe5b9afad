using Ebla.Backends;
using Ebla.Tests.Backends.Servers;
using Xunit;

namespace Ebla.Tests.Backends.WebDav;

/// <summary>rclone, which keeps what came of a broken upload.</summary>
public sealed class RcloneDavContractTests : ServerContract
{
    private protected override TestServer Server => TestServer.Get("rclone-dav");

    // It locks a folder while somebody makes it, and says so to the others.
    /// <inheritdoc/>
    protected override async Task<IBackend> ReopenAsync() => Persistent.Around(await base.ReopenAsync());

    [Fact]
    public override Task Of_racing_creations_of_the_header_exactly_one_wins() => RaceForHeaderAsync();
}
