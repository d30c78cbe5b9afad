namespace Ebla.Simulation.Actors;

/// <summary>What may befall a process.</summary>
internal enum FateKind
{
    /// <summary>Nothing.</summary>
    Kind,

    /// <summary>It is killed.</summary>
    Dies,

    /// <summary>Its machine sleeps, as a laptop does, and goes on afterwards as if nothing had been.</summary>
    Sleeps,

    /// <summary>Somebody interrupts it, and it may clean up.</summary>
    Interrupted,
}
