namespace Ebla.Notes;

/// <summary>What snapshots of one group have in common, besides their writer. The numbers stand in the format.</summary>
[Flags]
public enum RetentionGrouping
{
    /// <summary>Nothing: all snapshots of a writer are one group.</summary>
    None = 0,

    /// <summary>The machine.</summary>
    Host = 1,

    /// <summary>The paths that were backed up, in any order.</summary>
    Paths = 2,

    /// <summary>The tags, in any order.</summary>
    Tags = 4,
}
