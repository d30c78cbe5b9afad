using Ebla.Primitives;
using Ebla.Simulation.Scheduling;

namespace Ebla.Simulation.Stores;

/// <summary>What a store holds: the truth behind all connections. Changes happen at moments that the scheduler chose.</summary>
internal sealed class SimulatedStore(string name, Scheduler scheduler, StoreTraits traits, Chance chance)
{
    private readonly Dictionary<ObjectName, StoredObject> _present = [];
    private readonly List<StoredObject> _ever = [];

    public string Name => name;

    public Scheduler Scheduler => scheduler;

    public StoreTraits Traits { get; set; } = traits;

    public Chance Chance => chance;

    public byte[]? Header { get; set; }

    public IStoreWatcher? Watcher { get; set; }

    public IEnumerable<StoredObject> Present => _ever.Where(stored => stored.GoneSince is null);

    public StoredObject? Find(ObjectName wanted) => _present.GetValueOrDefault(wanted);

    /// <summary>Makes an object visible, unless it is there already with this size.</summary>
    public StoredObject Add(ObjectName added, byte[] content)
    {
        if (_present.TryGetValue(added, out StoredObject? present))
        {
            return present;
        }
        StoredObject stored = new(added, content, _ever.Count, scheduler.Now);
        _present.Add(added, stored);
        _ever.Add(stored);
        scheduler.Note($"{name}: {stored} is there");
        Watcher?.Appeared(stored);
        return stored;
    }

    public void Promise(StoredObject stored)
    {
        if (stored.DurableSince is null && stored.GoneSince is null)
        {
            stored.DurableSince = scheduler.Now;
            Watcher?.Promised(stored);
        }
    }

    public void Remove(ObjectName removed)
    {
        if (_present.Remove(removed, out StoredObject? stored))
        {
            stored.GoneSince = scheduler.Now;
            scheduler.Note($"{name}: {stored} is gone");
            Watcher?.Gone(stored);
        }
    }

    /// <summary>
    /// What a listing shows that began then and ends now: all that was promised for the time of the lag before it began; of what
    /// came or went meanwhile, and in the time of the lag before, anything. In an order of chance.
    /// </summary>
    public List<StoredObject> List(ObjectKind kind, long begin)
    {
        long sureUntil = begin - Traits.ListLag.Ticks;
        List<StoredObject> shown = [];
        foreach (StoredObject stored in _ever)
        {
            if (stored.Name.Kind != kind || stored.GoneSince < sureUntil)
            {
                continue;
            }
            bool isSure = stored.DurableSince <= sureUntil && stored.GoneSince is null;
            bool isOver = stored.GoneSince <= begin && Traits.ListLag == TimeSpan.Zero;
            if (isSure || (!isOver && chance.Happens(0.5)))
            {
                shown.Add(stored);
            }
        }
        chance.Shuffle(shown);
        return shown;
    }
}
