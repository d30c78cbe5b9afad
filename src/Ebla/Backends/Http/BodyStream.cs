using Ebla.Backends.Traffic;
using Ebla.Primitives;

namespace Ebla.Backends.Http;

/// <summary>The body of an answer: comes at the pace of the line, and fails with our exceptions.</summary>
internal sealed class BodyStream(Stream inner, StallGuard guard, string subject, Func<Exception, Exception> translate) : Stream
{
    private long _sinceItemInBytes;
    private long _itemLimitInBytes = long.MaxValue;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>From here, so many bytes may come before this is called again: what a reader holds of one item has a bound.</summary>
    public void BeginItem(long limitInBytes)
    {
        _itemLimitInBytes = limitInBytes;
        _sinceItemInBytes = 0;
    }

    /// <summary>Fills the buffer as far as the body goes, and says how far.</summary>
    public async ValueTask<int> ReadUpToAsync(Memory<byte> destination)
    {
        int filled = 0;
        while (filled < destination.Length)
        {
            int count = await ReadAsync(destination[filled..], CancellationToken.None).ConfigureAwait(false);
            if (count == 0)
            {
                break;
            }
            filled += count;
        }
        return filled;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // The guard knows the caller's token.
        int count;
        try
        {
            count = await inner.ReadAsync(buffer, guard.Token).ConfigureAwait(false);
            guard.Progress();
            await guard.ReceiveAsync(count).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not EblaException)
        {
            throw translate(exception);
        }
        _sinceItemInBytes += count;
        return _sinceItemInBytes <= _itemLimitInBytes
            ? count
            : throw new BackendException($"{subject}: the server's answer has no end.", isTransient: false);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }
        base.Dispose(disposing);
    }
}
