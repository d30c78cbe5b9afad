using Ebla.Simulation.Actors;

namespace Ebla.Simulation.Scheduling;

/// <summary>Something that will happen at a virtual time. One that belongs to a process happens only while that runs and is awake.</summary>
internal sealed class Happening(Process? owner, Action happen)
{
    public Process? Owner => owner;

    public bool IsCancelled { get; private set; }

    public void Cancel() => IsCancelled = true;

    public void Happen() => happen();
}
