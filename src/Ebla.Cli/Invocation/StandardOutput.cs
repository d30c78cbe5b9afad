using System.Runtime.InteropServices;

namespace Ebla.Cli.Invocation;

/// <summary>
/// Standard output as bytes. The framework's own stream goes on silently when nobody reads any more; this one says so, and so a
/// listing ends when <c>head</c> has seen enough.
/// </summary>
internal sealed unsafe partial class StandardOutput : Stream
{
    private const int Descriptor = 1;
    private const int Interrupted = 4; // EINTR
    private const int TryAgain = 11; // EAGAIN
    private const int BrokenPipe = 32; // EPIPE
    private const short PollOut = 4; // POLLOUT

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint count;
            fixed (byte* bytes = buffer)
            {
                count = write(Descriptor, bytes, (nuint)buffer.Length);
            }
            if (count >= 0)
            {
                buffer = buffer[(int)count..];
                continue;
            }
            int error = Marshal.GetLastPInvokeError();
            switch (error)
            {
                case Interrupted:
                    break;
                case TryAgain:
                    PollFile file = new() { Descriptor = Descriptor, Events = PollOut };
                    _ = poll(&file, 1, -1);
                    break;
                case BrokenPipe:
                    throw new ClosedOutputException();
                default:
                    throw new IOException($"cannot write to standard output: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollFile* files, nuint count, int milliseconds);

    private struct PollFile
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
