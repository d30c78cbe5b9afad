namespace Ebla.Simulation.Actors;

/// <summary>What a process does: one operation of the real code, from opening the repository to its end.</summary>
internal interface IActor
{
    /// <summary>A word for the trace.</summary>
    string Name { get; }

    /// <summary>Runs it. What it learns it tells the oracles; what it throws is looked at by the run.</summary>
    Task RunAsync(ActorContext context);
}
