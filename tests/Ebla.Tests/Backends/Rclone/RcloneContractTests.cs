using Ebla.Tests.Backends.Rest;
using Ebla.Tests.Backends.Servers;

namespace Ebla.Tests.Backends.Rclone;

/// <summary>rclone as our child, over HTTP/2 on its standard input and output. Its remote is a folder.</summary>
public sealed class RcloneContractTests : RestContract
{
    protected override int CrowdSize => 40;

    private protected override TestServer Server => TestServer.Get("rclone");
}
