using System.Buffers;
using System.Runtime.CompilerServices;
using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Simulation.Actors;
using Ebla.Simulation.Scheduling;

namespace Ebla.Simulation.Stores;

/// <summary>
/// A process's back-end: every request waits until the scheduler gives it its effect, and then until it gives the answer; some fail. It
/// keeps to the contract of <see cref="IBackend"/>, and uses all the freedom that this leaves.
/// </summary>
internal sealed class StoreConnection : IBackend
{
    private readonly SimulatedStore _store;
    private readonly Process _process;
    private readonly Chance _chance;
    private readonly Dictionary<ObjectName, byte[]> _held = [];
    private readonly HashSet<StoredObject> _unpromised = [];
    private readonly HashSet<ObjectName> _doomed = [];

    public StoreConnection(SimulatedStore store, Process process)
    {
        _store = store;
        _process = process;
        _chance = process.Chance.Fork($"connection to {store.Name}");
        Capabilities = new BackendCapabilities(store.Traits.CanDelete, CanReadRanges: true, int.MaxValue);
        process.Attach(this);
    }

    public BackendCapabilities Capabilities { get; }

    public string Location => $"simulated:{_store.Name}";

    private StoreTraits Traits => _store.Traits;

    public async ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default)
        => await AskAsync("header", () => (byte[]?)_store.Header?.Clone(), cancellationToken);

    public async ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
    {
        byte[] bytes = header.ToArray();
        bool isMade = await AskAsync(
            "create header",
            () =>
            {
                bool isFirst = _store.Header is null;
                _store.Header ??= bytes;
                return isFirst;
            },
            cancellationToken);
        if (!isMade)
        {
            throw new RepositoryExistsException($"{Location}: there is a repository already.");
        }
    }

    public async ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        byte[] bytes = content.ToArray();
        _ = await AskAsync(
            $"put {Describe(name)}",
            () =>
            {
                _ = _doomed.Remove(name);
                if (_store.Find(name) is { } present)
                {
                    _ = _unpromised.Add(present);
                }
                else if (_chance.Happens(Traits.SeenUnflushed))
                {
                    _ = _unpromised.Add(_store.Add(name, bytes));
                }
                else
                {
                    _held[name] = bytes;
                }
                return true;
            },
            cancellationToken);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken = default) => await AskAsync(
        "flush",
        () =>
        {
            Settle(static _ => true);
            return true;
        },
        cancellationToken);

    public async ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected, CancellationToken cancellationToken = default)
    {
        byte[]? content = await AskAsync($"get {Describe(name)}", () => _store.Find(name)?.Content, cancellationToken);
        if (content is null)
        {
            return false;
        }
        if (offset > content.Length - destination.Length)
        {
            throw new CorruptDataException($"{name}: ends before the range does.");
        }
        content.AsMemory((int)offset, destination.Length).CopyTo(destination);
        return true;
    }

    public async ValueTask<byte[]?> GetWholeAsync(
        ObjectName name, long sizeInBytesMax, Hash256? expected, CancellationToken cancellationToken = default)
    {
        byte[]? content = await AskAsync($"get {Describe(name)}", () => _store.Find(name)?.Content, cancellationToken);
        return content is null || content.Length <= sizeInBytesMax
            ? (byte[]?)content?.Clone()
            : throw new CorruptDataException($"{name} is too long.");
    }

    public async ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
        => await AskAsync($"size of {Describe(name)}", () => _store.Find(name)?.Content.LongLength, cancellationToken);

    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long begin = _store.Scheduler.Now;
        List<StoredObject> shown = await AskAsync(
            $"list {kind}",
            () =>
            {
                List<StoredObject> listed = _store.List(kind, begin);
                _unpromised.UnionWith(listed.Where(stored => stored.DurableSince is null));
                return listed;
            },
            cancellationToken);
        foreach (StoredObject stored in shown)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ObjectInfo(stored.Name, stored.Content.Length);
        }
    }

    public async ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        if (!Capabilities.CanDelete)
        {
            throw new BackendException($"{Location}: deletions are refused.", isTransient: false);
        }
        _ = await AskAsync(
            $"delete {Describe(name)}",
            () =>
            {
                _ = _held.Remove(name);
                if (_chance.Happens(Traits.WaitingDeletes))
                {
                    _ = _doomed.Add(name);
                }
                else
                {
                    _store.Remove(name);
                }
                return true;
            },
            cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The process is gone: of what was not flushed, each is there or not.</summary>
    public void Abandon(Chance chance) => Settle(_ => chance.Happens(0.5));

    // What is seen before it is flushed stays; whether it is ever promised is left to others who flush after they have seen it.
    private void Settle(Func<ObjectName, bool> isThere)
    {
        foreach ((ObjectName name, byte[] content) in _held)
        {
            if (isThere(name))
            {
                _store.Promise(_store.Add(name, content));
            }
        }
        foreach (StoredObject stored in _unpromised)
        {
            if (isThere(stored.Name))
            {
                _store.Promise(stored);
            }
        }
        foreach (ObjectName name in _doomed)
        {
            if (isThere(name))
            {
                _store.Remove(name);
            }
        }
        _held.Clear();
        _unpromised.Clear();
        _doomed.Clear();
    }

    private async Task<T> AskAsync<T>(string what, Func<T> effect, CancellationToken cancellationToken)
    {
        TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_process.IsAlive)
        {
            // Finalizers wake code of killed processes (PeriodicTimer's does), on a thread of their own. It gets no farther than here.
            return await answer.Task;
        }
        cancellationToken.ThrowIfCancellationRequested();
        Scheduler scheduler = _store.Scheduler;
        T result = default!;
        PendingRequest request = new() { Scheduler = scheduler, LateMax = Traits.LateMax };
        double fault = _chance.Fraction();
        bool isLost = fault < Traits.LostRequests;
        bool isLate = !isLost && fault < Traits.LostRequests + Traits.LateEffects;
        bool isUnanswered = !isLost && !isLate && fault < Traits.LostRequests + Traits.LateEffects + Traits.LostAnswers;
        TimeSpan there = Delay();
        TimeSpan back = Delay();
        request.Effect = () => result = effect();
        _process.Count(what, request);
        // Who falls asleep just now may have sent the request already, or sends it when he wakes up.
        long sleep = _process.AsleepUntil - scheduler.Now;
        if (sleep > 0 && _chance.Happens(0.6))
        {
            there += TimeSpan.FromTicks(sleep);
        }
        if (!isLost)
        {
            request.EffectAfter(isLate ? there + back + _chance.Time(Traits.DelayMin, Traits.LateMax) : there);
        }
        Happening reply = scheduler.After(there + back, _process, () =>
        {
            _process.Forget(request);
            if (isLost || isLate || isUnanswered)
            {
                scheduler.Note($"{_process.Name}: {what} fails{(isLost ? "" : isLate ? ", and happens later" : ", although it happened")}");
                answer.SetException(new BackendException($"{Location}: {what}: no answer.", isTransient: true));
            }
            else
            {
                scheduler.Note($"{_process.Name}: {what}");
                answer.SetResult(result);
            }
        });
        using CancellationTokenRegistration registration = cancellationToken.Register(() =>
        {
            reply.Cancel();
            _process.Forget(request);
            request.Abandon(_chance);
            _ = answer.TrySetCanceled(cancellationToken);
        });
        return await answer.Task;
    }

    private TimeSpan Delay() => _chance.Time(Traits.DelayMin, Traits.DelayMax) / 2;

    private static string Describe(ObjectName name) => $"{name.Kind} {name.Id.ToString()[..8]}";
}
