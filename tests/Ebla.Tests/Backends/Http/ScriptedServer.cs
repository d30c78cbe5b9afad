using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ebla.Tests.Backends.Http;

/// <summary>Answers each request with what the test says, byte by byte: for answers that no real server gives.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, IEnumerable<byte[]>> _answer;
    private readonly List<string> _requests = [];

    /// <param name="answer">Takes "METHOD PATH" and gives the parts of a whole answer. The connection ends after it.</param>
    public ScriptedServer(Func<string, IEnumerable<byte[]>> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public ScriptedServer(Func<string, string> answer)
        : this(request => [Encoding.UTF8.GetBytes(answer(request))])
    {
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>"METHOD PATH" of each request so far.</summary>
    public string[] Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public static string Answer(string status, string headers, string body, int? length = null)
        => $"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length ?? Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}";

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The test is over.
                return;
            }
            _ = Task.Run(() => ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            NetworkStream stream = client.GetStream();
            try
            {
                string head = "";
                byte[] one = new byte[1];
                while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1)
                {
                    head += (char)one[0];
                }
                string? length = head.Split("\r\n").FirstOrDefault(static line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
                await stream.ReadExactlyAsync(new byte[length is null ? 0 : int.Parse(length[16..], CultureInfo.InvariantCulture)]);
                string request = string.Join(' ', head.Split(' ').Take(2));
                lock (_requests)
                {
                    _requests.Add(request);
                }
                foreach (byte[] part in _answer(request))
                {
                    await stream.WriteAsync(part);
                }
            }
            catch (IOException)
            {
                // The other end does not want the rest.
            }
        }
    }
}
