using Ebla.Tests.Backends.Servers;

namespace Ebla.Tests.Backends.Rest;

/// <summary>rclone as a server of the REST protocol, over HTTP/1.1 with a password.</summary>
public sealed class RcloneRestContractTests : RestContract
{
    private protected override TestServer Server => TestServer.Get("rclone-rest");
}
