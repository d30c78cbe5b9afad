using System.Buffers.Binary;
using System.IO.Pipes;
using Ebla.Backends.Sftp;

namespace Ebla.Tests.Backends.Sftp;

/// <summary>The other end of a session, in this process: answers each request with what it is told to.</summary>
/// <remarks>Not a stand-in for a server, but for what no honest server sends.</remarks>
internal sealed class HostileServer : SftpTransport
{
    private readonly AnonymousPipeServerStream _requests = new(PipeDirection.In);
    private readonly AnonymousPipeServerStream _answers = new(PipeDirection.Out);
    private readonly Func<byte, uint, byte[]?> _answer;
    private readonly byte[] _greeting;

    /// <param name="greeting">The first bytes it sends, with their length.</param>
    /// <param name="answer">From type and number of a request to the bytes that come back; null ends the session.</param>
    public HostileServer(byte[] greeting, Func<byte, uint, byte[]?> answer)
    {
        _greeting = greeting;
        _answer = answer;
        ToServer = new AnonymousPipeClientStream(PipeDirection.Out, _requests.ClientSafePipeHandle);
        FromServer = new AnonymousPipeClientStream(PipeDirection.In, _answers.ClientSafePipeHandle);
        new Thread(Serve) { IsBackground = true }.Start();
    }

    /// <summary>A greeting that offers everything.</summary>
    public static byte[] Greeting
        => Packet(2, new SftpEncoder().UInt32(3)
            .Text("posix-rename@openssh.com").Text("1").Text("fsync@openssh.com").Text("1").Text("hardlink@openssh.com").Text("1")
            .Text("statvfs@openssh.com").Text("2").Written.ToArray());

    public override Stream ToServer { get; }

    public override Stream FromServer { get; }

    /// <summary>Length, type, then what is given.</summary>
    public static byte[] Packet(byte type, byte[] rest)
    {
        byte[] packet = new byte[5 + rest.Length];
        BinaryPrimitives.WriteInt32BigEndian(packet, 1 + rest.Length);
        packet[4] = type;
        rest.CopyTo(packet, 5);
        return packet;
    }

    public override SftpFailure ExplainEnd() => new("The server hung up.", IsTransient: true);

    // The end of the requests ends the thread, and with it the answers.
    public override void Kill()
    {
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Serve()
    {
        try
        {
            byte[] head = new byte[9];
            _requests.ReadExactly(head);
            _answers.Write(_greeting);
            while (true)
            {
                _requests.ReadExactly(head);
                byte[] rest = new byte[BinaryPrimitives.ReadInt32BigEndian(head) - 5];
                _requests.ReadExactly(rest);
                if (_answer(head[4], BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(5))) is not { } answer)
                {
                    return;
                }
                _answers.Write(answer);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The client went.
        }
        finally
        {
            _answers.Dispose();
            _requests.Dispose();
        }
    }
}
