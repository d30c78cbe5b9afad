namespace Ebla.Tests.PruneModel;

/// <summary>A backup or a copy, and what it knows.</summary>
internal struct Writer
{
    public WriterStep Step;

    /// <summary>How many sessions it had before this one.</summary>
    public int Attempt;

    /// <summary>Which of its snapshots it is at.</summary>
    public int Phase;

    /// <summary>Condemned packs; while the records are read, which were listed.</summary>
    public int Condemned;

    /// <summary>Packs listed; once the catalog is loaded, those it may rely on.</summary>
    public int Listed;

    /// <summary>Packs that the index named.</summary>
    public int Indexed;

    /// <summary>Packs that it relies on.</summary>
    public int Relied;

    /// <summary>Blobs that it must store.</summary>
    public int Missing;

    /// <summary>Where its heartbeat is.</summary>
    public BeatStep Beat;

    /// <summary>Condemned records that the heartbeat is about.</summary>
    public int BeatRecords;

    /// <summary>Packs that were condemned when it began.</summary>
    public int BeatCondemned;

    /// <summary>Packs that it lists, and then listed.</summary>
    public int BeatListed;

    /// <summary>Packs that the index named.</summary>
    public int BeatIndexed;

    /// <summary>Whether the session before this one is still to be ended.</summary>
    public bool Renews;
}
