using Ebla.Keys;
using Ebla.Simulation.Actors;
using Ebla.Simulation.Faults;
using Ebla.Simulation.Oracles;
using Ebla.Simulation.Scheduling;
using Ebla.Simulation.Stores;

namespace Ebla.Simulation;

/// <summary>What all actors of a run share.</summary>
internal sealed class World
{
    private int _targets;

    public required Scheduler Scheduler { get; init; }

    public required Scenario Scenario { get; init; }

    public required Fault Fault { get; init; }

    public required string Folder { get; init; }

    public required Credential Credential { get; init; }

    public required StoreOracle Main { get; init; }

    public required SimulatedStore MainStore { get; init; }

    public required StoreOracle Mirror { get; init; }

    public required SimulatedStore MirrorStore { get; init; }

    public required UnlockedKeys MainKeys { get; init; }

    public required IMaintenance Maintenance { get; init; }

    public ContentOracle Contents { get; } = new();

    /// <summary>Whether something can fail for no fault of the one to whom it happens: errors of the store, a pruner's fence.</summary>
    public bool HasTrouble => Scenario.Traits.HasErrors || Scenario.Traits.ListLag > TimeSpan.Zero || Scenario.Prunes || Fault.HasTrouble;

    public SimulatedStore StoreOf(StoreOracle oracle) => oracle == Main ? MainStore : MirrorStore;

    /// <summary>A new folder to restore to. Its name does not get into the trace.</summary>
    public string NewTarget() => Path.Combine(Folder, $"target-{_targets++}");
}
