namespace Ebla.Backends.Traffic;

/// <summary>Watches one request: paces its bytes, and ends it if it makes no progress for <see cref="LineLimits.StallTime"/>.</summary>
/// <remarks>Waiting for the pace is no stall.</remarks>
internal sealed class StallGuard : IDisposable
{
    private readonly Line _line;
    private readonly CancellationTokenSource _stalled;
    private readonly CancellationTokenSource _linked;

    public StallGuard(Line line, TimeProvider time, CancellationToken cancellationToken)
    {
        _line = line;
        _stalled = new CancellationTokenSource(line.Limits.StallTime, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_stalled.Token, cancellationToken);
    }

    /// <summary>Ends with the caller's token, and when the request stalls.</summary>
    public CancellationToken Token => _linked.Token;

    /// <summary>Whether it was the stall that ended it.</summary>
    public bool HasStalled => _stalled.IsCancellationRequested;

    /// <summary>The time that a request may stand still, for messages.</summary>
    public TimeSpan StallTime => _line.Limits.StallTime;

    /// <summary>Something moved: the time begins anew.</summary>
    public void Progress() => _stalled.CancelAfter(StallTime);

    /// <summary>Returns when so many bytes may be sent.</summary>
    public ValueTask SendAsync(int sizeInBytes) => PauseWhileAsync(_line.SendAsync(sizeInBytes, Token));

    /// <summary>Returns when so many bytes more may be taken.</summary>
    public ValueTask ReceiveAsync(int sizeInBytes) => PauseWhileAsync(_line.ReceiveAsync(sizeInBytes, Token));

    /// <summary>Waits without counting it as a stall.</summary>
    public async ValueTask PauseWhileAsync(ValueTask pause)
    {
        if (!pause.IsCompleted)
        {
            _stalled.CancelAfter(Timeout.InfiniteTimeSpan);
        }
        await pause.ConfigureAwait(false);
        Progress();
    }

    public void Dispose()
    {
        _linked.Dispose();
        _stalled.Dispose();
    }
}
