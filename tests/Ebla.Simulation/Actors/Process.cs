using Ebla.Simulation.Scheduling;
using Ebla.Simulation.Stores;

namespace Ebla.Simulation.Actors;

/// <summary>One run of the program on a machine. It may be killed, or put to sleep, at any request.</summary>
internal sealed class Process
{
    private readonly Scheduler _scheduler;
    private readonly Chance _chance;
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PendingRequest> _pending = [];
    private readonly List<StoreConnection> _connections = [];
    private int _counted;

    public Process(Scheduler scheduler, string name, TimeSpan clockOffset, Chance chance, ProcessFate fate)
    {
        _scheduler = scheduler;
        _chance = chance;
        Name = name;
        Fate = fate;
        Clock = new MachineClock(scheduler, this, clockOffset);
        Entropy = new SeededEntropy(chance.Fork("entropy"));
    }

    public string Name { get; }

    public ProcessFate Fate { get; }

    public MachineClock Clock { get; }

    public SeededEntropy Entropy { get; }

    public CancellationTokenSource Interruption { get; } = new();

    public bool IsAlive { get; private set; } = true;

    public long AsleepUntil { get; private set; }

    /// <summary>Completes when the process is killed.</summary>
    public Task Killed => _killed.Task;

    public Chance Chance => _chance;

    public void Attach(StoreConnection connection) => _connections.Add(connection);

    /// <summary>A request goes out; this is where fate strikes.</summary>
    public void Count(string what, PendingRequest request)
    {
        _pending.Add(request);
        if (!what.StartsWith(Fate.Request, StringComparison.Ordinal) || ++_counted != Fate.At)
        {
            return;
        }
        switch (Fate.Kind)
        {
            case FateKind.Sleeps:
                AsleepUntil = _scheduler.Now + Fate.SleepsFor.Ticks;
                _scheduler.Note($"{Name} falls asleep for {Fate.SleepsFor} at {what}");
                break;
            case FateKind.Dies:
                _ = _scheduler.After(TimeSpan.Zero, null, Kill);
                break;
            case FateKind.Interrupted:
                _ = _scheduler.After(TimeSpan.Zero, this, Interrupt);
                break;
            default:
                break;
        }
    }

    public void Forget(PendingRequest request) => _pending.Remove(request);

    /// <summary>Kills it: no code of it runs again; what it had asked for may still happen, also much later.</summary>
    public void Kill()
    {
        if (!IsAlive)
        {
            return;
        }
        _scheduler.Note($"{Name} is killed");
        IsAlive = false;
        foreach (PendingRequest request in _pending)
        {
            request.Abandon(_chance);
        }
        foreach (StoreConnection connection in _connections)
        {
            connection.Abandon(_chance);
        }
        _killed.SetResult();
    }

    /// <summary>The process has ended by itself.</summary>
    public void End()
    {
        if (IsAlive)
        {
            IsAlive = false;
            foreach (StoreConnection connection in _connections)
            {
                connection.Abandon(_chance);
            }
        }
    }

    /// <summary>The run is over: nothing of the process may do anything any more, nor leave a trace.</summary>
    public void Freeze() => IsAlive = false;

    private void Interrupt()
    {
        _scheduler.Note($"{Name} is interrupted");
        Interruption.Cancel();
    }
}
