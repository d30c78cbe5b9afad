using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Sessions;
using Ebla.Simulation.Actors;
using Ebla.Simulation.Scheduling;
using Ebla.Simulation.Stores;

namespace Ebla.Simulation.Faults;

/// <summary>The faults that the simulation must find, each of one rule left out.</summary>
internal static class PlantedFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new StoreFault("lost-object", static (store, chance) => store.Remove(chance.Pick(store.Present.ToArray()).Name)),
        new StoreFault("rotten-object", static (store, chance) =>
        {
            byte[] content = chance.Pick(store.Present.Where(stored => stored.Name.Kind == ObjectKind.Pack).ToArray()).Content;
            content[chance.Below(content.Length)] ^= 1;
        }),
        new ProcessFault("flush-that-lies", "backup", static (backend, _) => new LyingFlush(backend), new ProductMaintenance(), isCalm: true),
        new ProcessFault("no-intent", "backup", static (backend, context) => new WithoutRecord(backend, context, SessionRecordType.Intent)),
        new ProcessFault(
            "no-announcement", "backup", static (backend, context) => new WithoutRecord(backend, context, SessionRecordType.Announcement)),
        new ProcessFault("condemned-ignored", "backup", static (backend, _) => new WithoutCondemned(backend)),
        new ProcessFault("fence-ignored", "backup", static (backend, context) => new HidingRecords(backend, context, SessionRecordType.Fence)),
        new ProcessFault(
            "prune-sees-no-sessions", "prune",
            static (backend, context) => new HidingRecords(backend, context, SessionRecordType.Announcement), new ProductMaintenance()),
        new ProcessFault(
            "prune-sees-no-intents", "prune",
            static (backend, context) => new HidingRecords(backend, context, SessionRecordType.Intent), new ProductMaintenance()),
        new ProcessFault(
            "heartbeats-that-boast", "backup", static (backend, context) => new BoastingHeartbeats(backend, context),
            new ReferenceMaintenance(isRash: true), hasManyBeats: true),
        new PrunerFault("prune-without-waiting", new ReferenceMaintenance(waits: false)),
        new PrunerFault("prune-without-second-look", new ReferenceMaintenance(looksAgain: false)),
        new PrunerFault("prune-that-asks-nobody", new ReferenceMaintenance(waits: false, looksAgain: false)),
    ];

    /// <summary>Not the product's pruner, but the plain one, which condemns also what a backup has just stored. Nothing is left out.</summary>
    public static Fault PlainPruner { get; } = new PrunerFault("plain-pruner", new ReferenceMaintenance());

    /// <summary>One that condemns every other pack, needed or not. Nothing is left out: it looks at what is needed before it deletes.</summary>
    public static Fault RashPruner { get; } = new PrunerFault("rash-pruner", new ReferenceMaintenance(isRash: true), hasManyBeats: true);

    /// <summary>The one of this name.</summary>
    public static Fault Find(string name) => All.Append(PlainPruner).Append(RashPruner).Single(fault => fault.Name == name);

    // Many who prune and forget, and many who sleep meanwhile.
    private static Scenario Busy(Scenario scenario) => scenario with
    {
        Traits = scenario.Traits with { CanDelete = true },
        Prunes = true,
        MachineCount = 4,
        OperationsPerMachine = 5,
        Sleeps = Math.Max(scenario.Sleeps, 0.4),
    };

    // Who stores many packs, and says something in between; and few who happen to store the same.
    private static Scenario Beating(Scenario scenario) => scenario with
    {
        MachineCount = 2,
        OperationsPerMachine = 10,
        Upload = scenario.Upload with { HeartbeatInterval = 2 * scenario.Traits.DelayMax, PackSizeInBytes = 2_000, PutsInFlightMax = 1 },
    };

    private sealed class StoreFault(string name, Action<SimulatedStore, Chance> strike) : Fault
    {
        public override string Name => name;

        public override bool HasTrouble => true;

        public override void Start(World world, Chance chance) => _ = world.Scheduler.After(
            chance.Time(world.Scenario.Traits.DelayMax * 20, world.Scenario.Traits.DelayMax * 200), null, () =>
            {
                if (world.MainStore.Present.Any(stored => stored.Name.Kind == ObjectKind.Pack))
                {
                    strike(world.MainStore, chance);
                }
            });
    }

    // Where writers leave something out, the pruner is the plain one, which does no more for them than it must.
    private sealed class ProcessFault(
        string name, string operation, Func<IBackend, ActorContext, IBackend> wrap, IMaintenance? maintenance = null, bool isCalm = false,
        bool hasManyBeats = false)
        : Fault
    {
        public override string Name => name;

        public override bool HasTrouble => true;

        public override IMaintenance Maintenance => maintenance ?? new ReferenceMaintenance();

        public override IBackend Wrap(IBackend connection, ActorContext context)
            => context.Process.Name.EndsWith(operation, StringComparison.Ordinal) ? wrap(connection, context) : connection;

        public override Scenario Adapt(Scenario scenario) => isCalm ? scenario : hasManyBeats ? Beating(Busy(scenario)) : Busy(scenario);
    }

    private sealed class PrunerFault(string name, IMaintenance maintenance, bool hasManyBeats = false) : Fault
    {
        public override string Name => name;

        public override bool HasTrouble => true;

        public override IMaintenance Maintenance => maintenance;

        public override Scenario Adapt(Scenario scenario) => hasManyBeats ? Beating(Busy(scenario)) : Busy(scenario);
    }
}
