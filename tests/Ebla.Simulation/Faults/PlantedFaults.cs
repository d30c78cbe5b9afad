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
        new WriterFault("flush-that-lies", static (backend, _) => new LyingFlush(backend), isCalm: true),
        new WriterFault("no-intent", static (backend, context) => new WithoutRecord(backend, context, SessionRecordType.Intent)),
        new WriterFault("no-announcement", static (backend, context) => new WithoutRecord(backend, context, SessionRecordType.Announcement)),
        new WriterFault("condemned-ignored", static (backend, _) => new WithoutCondemned(backend)),
        new WriterFault("fence-ignored", static (backend, context) => new WithoutFences(backend, context)),
        new PrunerFault("prune-without-waiting", new ReferenceMaintenance(waits: false)),
        new PrunerFault("prune-without-second-look", new ReferenceMaintenance(looksAgain: false)),
        new PrunerFault("prune-that-asks-nobody", new ReferenceMaintenance(waits: false, looksAgain: false)),
    ];

    // Many who prune and forget, and many who sleep meanwhile.
    private static Scenario Busy(Scenario scenario) => scenario with
    {
        Traits = scenario.Traits with { CanDelete = true },
        Prunes = true,
        MachineCount = 4,
        OperationsPerMachine = 5,
        Sleeps = Math.Max(scenario.Sleeps, 0.4),
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

    private sealed class WriterFault(string name, Func<IBackend, ActorContext, IBackend> wrap, bool isCalm = false) : Fault
    {
        public override string Name => name;

        public override bool HasTrouble => true;

        public override IBackend Wrap(IBackend connection, ActorContext context)
            => context.Process.Name.EndsWith("-backup", StringComparison.Ordinal) ? wrap(connection, context) : connection;

        public override Scenario Adapt(Scenario scenario) => isCalm ? scenario : Busy(scenario);
    }

    private sealed class PrunerFault(string name, IMaintenance maintenance) : Fault
    {
        public override string Name => name;

        public override bool HasTrouble => true;

        public override IMaintenance Maintenance => maintenance;

        public override Scenario Adapt(Scenario scenario) => Busy(scenario);
    }
}
