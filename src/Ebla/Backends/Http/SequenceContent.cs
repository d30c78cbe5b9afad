using System.Buffers;
using System.Net;
using Ebla.Backends.Traffic;

namespace Ebla.Backends.Http;

/// <summary>Sends bytes that belong to somebody else, at the pace of the line, and tells when it no longer uses them.</summary>
internal sealed class SequenceContent : HttpContent
{
    // Large enough that the cost of a call does not matter, small enough for an even pace.
    private const int PartSizeInBytesMax = 128 << 10;

    private readonly ReadOnlySequence<byte> _bytes;
    private readonly StallGuard _guard;
    private readonly CancellationTokenSource _stop;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _isStopped;

    public SequenceContent(ReadOnlySequence<byte> bytes, StallGuard guard)
    {
        _bytes = bytes;
        _guard = guard;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(guard.Token);
    }

    /// <summary>Ends when all bytes were handed to the connection.</summary>
    public Task Sent => _sent.Task;

    /// <summary>Stops the sending if it goes on. Afterwards the bytes are not touched.</summary>
    public async ValueTask StopAsync()
    {
        bool isIdle;
        lock (_lock)
        {
            _isStopped = true;
            isIdle = _running == 0;
        }
        if (!isIdle)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _idle.Task.ConfigureAwait(false);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_isStopped)
            {
                throw new OperationCanceledException();
            }
            _running++;
        }
        try
        {
            using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
            foreach (ReadOnlyMemory<byte> segment in _bytes)
            {
                for (int start = 0; start < segment.Length; start += PartSizeInBytesMax)
                {
                    ReadOnlyMemory<byte> part = segment.Slice(start, Math.Min(PartSizeInBytesMax, segment.Length - start));
                    await _guard.SendAsync(part.Length).ConfigureAwait(false);
                    await stream.WriteAsync(part, linked.Token).ConfigureAwait(false);
                    _guard.Progress();
                }
            }
            _ = _sent.TrySetResult();
        }
        finally
        {
            lock (_lock)
            {
                _running--;
                if (_isStopped && _running == 0)
                {
                    _ = _idle.TrySetResult();
                }
            }
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _bytes.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
        base.Dispose(disposing);
    }
}
