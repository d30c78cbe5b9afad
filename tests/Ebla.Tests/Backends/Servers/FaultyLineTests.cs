using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Ebla.Tests.Backends.Servers;

/// <summary>The line that breaks does so as it is told: tests over it would pass for the wrong reason otherwise.</summary>
public sealed class FaultyLineTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    private readonly TcpListener _echo = new(IPAddress.Loopback, 0);
    private readonly FaultyLine _line;

    public FaultyLineTests()
    {
        _echo.Start();
        _ = EchoAsync();
        _line = FaultyLine.To(((IPEndPoint)_echo.LocalEndpoint).Port);
    }

    [Fact]
    public async Task It_forwards_and_counts()
    {
        using TcpClient client = await ConnectAsync();
        byte[] sent = new byte[1_000_000];
        new Random(1).NextBytes(sent);
        Task write = client.GetStream().WriteAsync(sent).AsTask();
        byte[] received = new byte[sent.Length];
        await client.GetStream().ReadExactlyAsync(received).AsTask().WaitAsync(Patience);
        await write;
        Assert.Equal(sent, received);
        Assert.Equal(1, _line.Count("connections"));
        Assert.Equal(sent.Length, _line.Count("up"));
        Assert.Equal(sent.Length, _line.Count("down"));
    }

    [Theory]
    [InlineData("reset", true)]
    [InlineData("drop", false)]
    public async Task It_breaks_what_is_open_and_lets_new_connections_through(string how, bool isReset)
    {
        using TcpClient client = await ConnectAsync();
        await EchoOneAsync(client);
        _line.Tell(how);
        if (isReset)
        {
            await Assert.ThrowsAsync<IOException>(async () => await ReadAsync(client));
        }
        else
        {
            Assert.Equal(0, await ReadAsync(client));
        }
        using TcpClient next = await ConnectAsync();
        await EchoOneAsync(next);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("down")]
    public async Task It_cuts_after_so_many_bytes(string way)
    {
        _line.Tell($"cut-once {way} 100000");
        using TcpClient client = await ConnectAsync();
        Task write = client.GetStream().WriteAsync(new byte[300_000]).AsTask();
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            byte[] received = new byte[300_000];
            await client.GetStream().ReadExactlyAsync(received).AsTask().WaitAsync(Patience);
        });
        await Record.ExceptionAsync(() => write);
        Assert.Equal(100_000, _line.Count(way));
        Assert.Equal(1, _line.Count("broken"));
        using TcpClient next = await ConnectAsync();
        await EchoOneAsync(next);
    }

    [Fact]
    public async Task It_stalls_until_it_passes_again()
    {
        using TcpClient client = await ConnectAsync();
        await EchoOneAsync(client);
        _line.Tell("stall");
        await client.GetStream().WriteAsync(new byte[1]);
        Task<int> read = ReadAsync(client);
        await Assert.ThrowsAsync<TimeoutException>(() => read.WaitAsync(Moment));
        _line.Tell("pass");
        Assert.Equal(1, await read);
    }

    [Fact]
    public async Task One_connection_stands_still_for_good()
    {
        _line.Tell("stall-once up 10");
        using TcpClient client = await ConnectAsync();
        await client.GetStream().WriteAsync(new byte[30]);
        await Assert.ThrowsAsync<TimeoutException>(() => ReadAsync(client).WaitAsync(Moment));
        Assert.Equal(10, _line.Count("up"));
        using TcpClient next = await ConnectAsync();
        await EchoOneAsync(next);
    }

    [Fact]
    public async Task It_is_deaf_or_refuses()
    {
        _line.Tell("deaf");
        using (TcpClient client = await ConnectAsync())
        {
            await client.GetStream().WriteAsync(new byte[1]);
            await Assert.ThrowsAsync<TimeoutException>(() => ReadAsync(client).WaitAsync(Moment));
        }
        _line.Tell("refuse");
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using TcpClient client = await ConnectAsync();
            await EchoOneAsync(client);
        });
        _line.Tell("pass");
        using TcpClient next = await ConnectAsync();
        await EchoOneAsync(next);
    }

    [Fact]
    public async Task It_breaks_everything_now_and_then()
    {
        _line.Tell("every 0.2");
        for (int round = 0; round < 3; round++)
        {
            using TcpClient client = await ConnectAsync();
            await Assert.ThrowsAsync<IOException>(async () => await ReadAsync(client));
        }
        Assert.Equal(3, _line.Count("broken"));
    }

    [Fact]
    public void An_unknown_command_is_said_to_be_wrong()
        => Assert.Throws<InvalidOperationException>(() => _line.Tell("explode"));

    public void Dispose()
    {
        _line.Dispose();
        _echo.Dispose();
    }

    private static async Task<int> ReadAsync(TcpClient client)
        => await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Patience);

    private static async Task EchoOneAsync(TcpClient client)
    {
        await client.GetStream().WriteAsync(new byte[1]);
        Assert.Equal(1, await ReadAsync(client));
    }

    private async Task<TcpClient> ConnectAsync()
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, _line.Port);
        return client;
    }

    private async Task EchoAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _echo.AcceptTcpClientAsync();
                _ = EchoAsync(client);
            }
        }
        catch (SocketException)
        {
            // The test is over.
        }
        catch (ObjectDisposedException)
        {
            // The same.
        }
    }

    private static async Task EchoAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await client.GetStream().CopyToAsync(client.GetStream());
            }
            catch (IOException)
            {
                // The line broke.
            }
        }
    }
}
