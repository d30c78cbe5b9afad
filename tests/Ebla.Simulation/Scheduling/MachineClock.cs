using Ebla.Simulation.Actors;

namespace Ebla.Simulation.Scheduling;

/// <summary>The clock of one process: virtual, and wrong by as much as its machine's is. Its timers stand still while that sleeps.</summary>
internal sealed class MachineClock(Scheduler scheduler, Process process, TimeSpan offset) : TimeProvider
{
    // Kept, so that no finalizer runs code of a killed process while others are at work.
    private readonly List<VirtualTimer> _timers = [];

    /// <summary>All runs begin then: behind every clock of files, so that no file looks as if it was changed just now.</summary>
    public static DateTimeOffset Start { get; } = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(scheduler.Now) + offset;

    public override long GetTimestamp() => scheduler.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        VirtualTimer timer = new(scheduler, process, callback, state);
        _timers.Add(timer);
        _ = timer.Change(dueTime, period);
        return timer;
    }

    private sealed class VirtualTimer(Scheduler scheduler, Process process, TimerCallback callback, object? state) : ITimer
    {
        private Happening? _next;
        private TimeSpan _period;
        private bool _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _next?.Cancel();
            _next = null;
            if (_isDisposed || !process.IsAlive)
            {
                return false;
            }
            _period = period;
            if (dueTime >= TimeSpan.Zero)
            {
                _next = scheduler.After(dueTime, process, Fire);
            }
            return true;
        }

        public void Dispose()
        {
            _isDisposed = true;
            _next?.Cancel();
            _next = null;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire()
        {
            _next = _period > TimeSpan.Zero ? scheduler.After(_period, process, Fire) : null;
            callback(state);
        }
    }
}
