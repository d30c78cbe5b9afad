namespace Ebla.Backends.S3;

/// <summary>Cancels a request that makes no progress. Waiting for the line's pace does not count.</summary>
internal sealed class StallWatch : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _outer;
    private readonly TimeSpan _stallTime;

    public StallWatch(TimeSpan stallTime, CancellationToken outer)
    {
        outer.ThrowIfCancellationRequested();
        _outer = outer;
        _stallTime = stallTime;
        _source = CancellationTokenSource.CreateLinkedTokenSource(outer);
        _source.CancelAfter(stallTime);
    }

    /// <summary>Cancelled by the caller, or by a stall.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether it was a stall.</summary>
    public bool HasStalled => _source.IsCancellationRequested && !_outer.IsCancellationRequested;

    /// <summary>The time without progress after which it cancels.</summary>
    public TimeSpan StallTime => _stallTime;

    /// <summary>Something came or went.</summary>
    public void Touch() => _source.CancelAfter(_stallTime);

    /// <summary>Waits without counting.</summary>
    public async ValueTask PauseWhileAsync(ValueTask pause)
    {
        _source.CancelAfter(Timeout.InfiniteTimeSpan);
        await pause.ConfigureAwait(false);
        Touch();
    }

    public void Dispose() => _source.Dispose();
}
