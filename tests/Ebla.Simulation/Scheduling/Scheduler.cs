using Ebla.Simulation.Actors;

namespace Ebla.Simulation.Scheduling;

/// <summary>
/// Virtual time, and what happens next in it. Runs on the pool's only thread, as a work item that comes back behind all others: when it
/// finds nothing else waiting, everybody waits for something that only the scheduler can bring, and it lets one thing happen.
/// </summary>
internal sealed class Scheduler : IThreadPoolWorkItem
{
    private const int StepsMax = 1_000_000;

    private static readonly long Deadline = TimeSpan.FromDays(20 * 365).Ticks;

    private readonly PriorityQueue<Happening, (long Due, ulong Tie)> _happenings = new();
    private readonly Chance _ties;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _whole = Task.CompletedTask;

    public Scheduler(Chance chance)
    {
        _ties = chance.Fork("ties");
        Trace = new Trace();
    }

    public Trace Trace { get; }

    /// <summary>Ticks since the run began.</summary>
    public long Now { get; private set; }

    public int Steps { get; private set; }

    /// <summary>Runs until the task completes, and everything it leads to. From a thread that is not the pool's.</summary>
    /// <exception cref="HangException">Nothing can happen any more, or too much does, or a thread is blocked.</exception>
    public void Run(Func<Task> start, TimeSpan realTimeMax)
    {
        _ = ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                _whole = start();
                _ = ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            },
            null);
        if (Task.WaitAny([_end.Task], realTimeMax) < 0)
        {
            throw new HangException($"A thread is blocked, or the run takes longer than {realTimeMax.TotalSeconds} s of real time.");
        }
        _end.Task.GetAwaiter().GetResult();
        _whole.GetAwaiter().GetResult();
    }

    /// <summary>Lets something happen after a time; at the same time as others in an order of chance.</summary>
    public Happening After(TimeSpan delay, Process? owner, Action happen)
    {
        Happening happening = new(owner, happen);
        _happenings.Enqueue(happening, (Now + Math.Max(0, delay.Ticks), _ties.NextWord()));
        return happening;
    }

    /// <summary>Completes after a time of the world, which no process notices.</summary>
    public Task WaitAsync(TimeSpan delay)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = After(delay, null, done.SetResult);
        return done.Task;
    }

    public void Note(string line) => Trace.Add($"{TimeSpan.FromTicks(Now):d\\.hh\\:mm\\:ss\\.fffffff} {line}");

    void IThreadPoolWorkItem.Execute()
    {
        if (ThreadPool.PendingWorkItemCount > 0)
        {
            _ = ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
        if (_whole.IsCompleted)
        {
            _end.SetResult();
            return;
        }
        try
        {
            Step();
        }
        catch (Exception exception)
        {
            _end.SetException(exception);
            return;
        }
        _ = ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Step()
    {
        while (_happenings.TryDequeue(out Happening? next, out (long Due, ulong Tie) at))
        {
            if (next.IsCancelled || next.Owner is { IsAlive: false })
            {
                continue;
            }
            if (next.Owner is { } owner && owner.AsleepUntil > at.Due)
            {
                _happenings.Enqueue(next, (owner.AsleepUntil, at.Tie));
                continue;
            }
            Now = Math.Max(Now, at.Due);
            if (++Steps > StepsMax || Now > Deadline)
            {
                throw new HangException($"The run has no end: {Steps} steps, {TimeSpan.FromTicks(Now).TotalDays:0} days.");
            }
            next.Happen();
            return;
        }
        throw new HangException("Everybody waits, and nothing can happen any more.");
    }
}
