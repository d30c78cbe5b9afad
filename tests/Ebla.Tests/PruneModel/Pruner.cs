namespace Ebla.Tests.PruneModel;

/// <summary>A prune, and what it knows.</summary>
internal struct Pruner
{
    public PrunerStep Step;
    public int Run;

    /// <summary>Packs to be deleted.</summary>
    public int Doomed;

    /// <summary>Snapshots to be deleted.</summary>
    public int DoomedSnapshots;

    /// <summary>Sessions to be waited for; while segments are merged, the list of those read.</summary>
    public int Sessions;

    /// <summary>Sessions that are over and fenced.</summary>
    public int Gone;

    /// <summary>Snapshots that need their blobs.</summary>
    public int Roots;

    /// <summary>What the list under way showed at its beginning.</summary>
    public int Begun;

    public int Condemned;
    public int Listed;
    public int Indexed;

    /// <summary>Blobs to be copied out.</summary>
    public int Wanted;
}
