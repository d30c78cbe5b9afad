using Ebla.Primitives;

namespace Ebla.Backends.Decorators;

/// <summary>
/// What the user is told of a store that does not answer: one line when it lasts, one when it is over, however many calls are waiting.
/// Safe for concurrent use.
/// </summary>
internal sealed class Trouble(Action<string> notice)
{
    // What is over sooner is no news: a busy store turns calls away all the time.
    private static readonly TimeSpan NoticedAfter = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private int _waiting;
    private bool _isTold;

    /// <summary>A call has failed for the first time.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _waiting++;
        }
    }

    /// <summary>It has failed, and is going to wait.</summary>
    /// <param name="exception">Its failure.</param>
    /// <param name="lasting">How long it will then have been failing.</param>
    /// <param name="limit">How long it may.</param>
    public void Go(BackendException exception, TimeSpan lasting, TimeSpan limit)
    {
        lock (_lock)
        {
            if (_isTold || lasting < NoticedAfter)
            {
                return;
            }
            _isTold = true;
        }
        notice($"{exception.Message} Trying again for {Describe(limit)}.");
    }

    /// <summary>It has ended, well or not.</summary>
    /// <param name="isAnswered">Whether the store gave an answer.</param>
    public void End(bool isAnswered)
    {
        lock (_lock)
        {
            bool isOver = --_waiting == 0;
            if (!isOver || !_isTold)
            {
                return;
            }
            _isTold = false;
            if (!isAnswered)
            {
                return;
            }
        }
        notice("The store answers again.");
    }

    private static string Describe(TimeSpan time) => time.TotalSeconds < 120 ? $"{time.TotalSeconds:0} seconds"
        : time.TotalMinutes < 120 ? $"{time.TotalMinutes:0} minutes"
        : $"{time.TotalHours:0} hours";
}
