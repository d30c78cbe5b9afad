using Ebla.Tests.Backends.Servers;

namespace Ebla.Tests.Backends.Sftp;

/// <summary>OpenSSH, which can all that we use.</summary>
public sealed class SshdContractTests() : SftpContract(isDurable: true)
{
    private protected override TestServer Server => TestServer.Get("sshd");
}
