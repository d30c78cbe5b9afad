using System.Buffers;
using Ebla.Backends.Traffic;

namespace Ebla.Backends.S3;

/// <summary>A body to send: the bytes of a sequence, at the pace of the line. Copies only what it is asked for.</summary>
internal sealed class SequenceStream(ReadOnlySequence<byte> content, StallGuard guard) : Stream
{
    // The parts that the line's pace is made of.
    private const int PartSizeInBytesMax = 128 * 1024;

    private SequencePosition _next = content.Start;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => content.Length;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        long position = offset + origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            _ => content.Length,
        };
        _next = content.GetPosition(position);
        return _position = position;
    }

    public override int Read(Span<byte> buffer)
    {
        ReadOnlySequence<byte> rest = content.Slice(_next);
        ReadOnlySequence<byte> part = rest.Slice(0, Math.Min(rest.Length, Math.Min(buffer.Length, PartSizeInBytesMax)));
        part.CopyTo(buffer);
        _next = part.End;
        _position += part.Length;
        return (int)part.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // What was handed out before has left: that is progress.
        guard.Progress();
        int length = (int)Math.Min(Math.Min(buffer.Length, PartSizeInBytesMax), content.Length - _position);
        if (length == 0)
        {
            return 0;
        }
        await guard.SendAsync(length).ConfigureAwait(false);
        return Read(buffer.Span[..length]);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
