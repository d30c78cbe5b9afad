using Ebla.Tests.Backends.Servers;

namespace Ebla.Tests.Backends.Sftp;

/// <summary>A second implementation of OpenSSH's extensions: it syncs files, but opens no folders to sync them.</summary>
public sealed class ProftpdWithExtensionsContractTests() : SftpContract(isDurable: false)
{
    private protected override TestServer Server => TestServer.Get("proftpd", "EXTENSIONS=1");
}
