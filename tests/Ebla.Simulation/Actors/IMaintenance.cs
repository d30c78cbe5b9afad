using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Simulation.Actors;

/// <summary>Forgets and prunes: the operations under test, or something that stands in for them.</summary>
internal interface IMaintenance
{
    /// <summary>Forgets snapshots. The oracle knows already that they may go.</summary>
    Task ForgetAsync(Repository repository, IReadOnlyList<ObjectId> snapshots, ActorContext context);

    /// <summary>Gives back the space of what nothing refers to, or begins to: a run that stops anywhere loses nothing.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="isThorough">Whether nothing unused may be left; else it does as much as chance says.</param>
    /// <param name="context">Who does it.</param>
    Task PruneAsync(Repository repository, bool isThorough, ActorContext context);
}
