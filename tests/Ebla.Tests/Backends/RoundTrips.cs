namespace Ebla.Tests.Backends;

/// <summary>
/// Counts how often in a row work waits for its store: calls are held up until nothing else happens any more, and then answered together,
/// as on a line so slow that all else takes no time.
/// </summary>
internal sealed class RoundTrips : IAsyncDisposable
{
    // Long beside what happens between two calls, on a machine with other work.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(60);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _answering;
    private List<TaskCompletionSource> _waiting = [];
    private long _arrivals;

    public RoundTrips() => _answering = Task.Run(AnswerAsync);

    /// <summary>How many there were.</summary>
    public int Count { get; private set; }

    /// <summary>Completes with the next answers.</summary>
    public Task WaitAsync()
    {
        TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _arrivals++;
            _waiting.Add(waiting);
        }
        return waiting.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _answering;
        _stop.Dispose();
    }

    private async Task AnswerAsync()
    {
        long seen = -1;
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(Quiet, CancellationToken.None);
            List<TaskCompletionSource> answered = [];
            lock (_lock)
            {
                if (_waiting.Count > 0 && _arrivals == seen && ThreadPool.PendingWorkItemCount == 0)
                {
                    (answered, _waiting) = (_waiting, []);
                    Count++;
                }
                seen = _arrivals;
            }
            answered.ForEach(waiting => waiting.SetResult());
        }
    }
}
