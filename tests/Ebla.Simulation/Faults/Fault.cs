using Ebla.Backends;
using Ebla.Simulation.Actors;
using Ebla.Simulation.Scheduling;

namespace Ebla.Simulation.Faults;

/// <summary>A fault put in on purpose, to see that it is found. This one is none.</summary>
internal class Fault
{
    public static readonly Fault None = new();

    public virtual string Name => "none";

    /// <summary>Whether processes may fail because of it.</summary>
    public virtual bool HasTrouble => false;

    /// <summary>Stands between a process and its store.</summary>
    public virtual IBackend Wrap(IBackend connection, ActorContext context) => connection;

    /// <summary>What forgets and prunes.</summary>
    public virtual IMaintenance Maintenance { get; } = new ProductMaintenance();

    /// <summary>Makes the scenario one in which the fault can show.</summary>
    public virtual Scenario Adapt(Scenario scenario) => scenario;

    /// <summary>Begins to act by itself.</summary>
    public virtual void Start(World world, Chance chance)
    {
    }
}
