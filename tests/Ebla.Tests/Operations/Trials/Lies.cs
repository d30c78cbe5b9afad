using System.Collections.Concurrent;
using Ebla.Primitives;

namespace Ebla.Tests.Operations.Trials;

/// <summary>What all users of a lying store share.</summary>
internal sealed class Lies
{
    private readonly HashSet<ObjectName> _seen = [];
    private readonly ConcurrentDictionary<ObjectName, bool> _busy = new();
    private int _calls;
    private int _inside;

    /// <summary>The header, where the lie is about it.</summary>
    public byte[]? Header { get; set; }

    /// <summary>Counts the calls.</summary>
    public int Next() => Interlocked.Increment(ref _calls);

    public int Enter() => Interlocked.Increment(ref _inside);

    public void Leave() => Interlocked.Decrement(ref _inside);

    /// <summary>False if somebody is at this object already.</summary>
    public bool Enter(ObjectName name) => _busy.TryAdd(name, true);

    public void Leave(ObjectName name) => _busy.TryRemove(name, out _);

    /// <summary>Whether somebody asked for it before.</summary>
    public bool IsOld(ObjectName name)
    {
        lock (_seen)
        {
            return !_seen.Add(name);
        }
    }
}
