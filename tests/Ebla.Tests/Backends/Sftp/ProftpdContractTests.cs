using Ebla.Tests.Backends.Servers;

namespace Ebla.Tests.Backends.Sftp;

/// <summary>A server that cannot replace a file by renaming, nor sync, nor tell the free space.</summary>
public sealed class ProftpdContractTests() : SftpContract(isDurable: false)
{
    private protected override TestServer Server => TestServer.Get("proftpd");
}
