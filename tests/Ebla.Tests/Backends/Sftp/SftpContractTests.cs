using Ebla.Backends;
using Ebla.Tests.Backends.Servers;

namespace Ebla.Tests.Backends.Sftp;

/// <summary>The contract on a real SFTP server.</summary>
public abstract class SftpContractTests : BackendContract
{
    private readonly TestServer _server;
    private readonly string _location;

    protected SftpContractTests(string server, params string[] variant)
    {
        _server = TestServer.Get(server, variant);
        _location = _server.NewPlace();
    }

    protected override int CrowdSize => 60;

    protected override Task<IBackend> CreateAsync() => ReopenAsync();

    protected override Task<IBackend> ReopenAsync() => Task.FromResult(_server.Open(_location));
}
