namespace Ebla.Tests.PruneModel;

/// <summary>Completes or drops the intent of a session that is over, as a writer.</summary>
internal struct Finisher
{
    public FinisherStep Step;

    /// <summary>Whose intent.</summary>
    public int Of;

    public int Snapshot;
    public int Condemned;
    public int Listed;
    public int Indexed;

    /// <summary>Blobs that the first list of packs did not show.</summary>
    public int Missing;
}
