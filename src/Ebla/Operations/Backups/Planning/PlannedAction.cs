namespace Ebla.Operations.Backups.Planning;

/// <summary>What a backup would do with an entry.</summary>
public enum PlannedAction
{
    /// <summary>The previous snapshot does not have it.</summary>
    New,

    /// <summary>It may differ from the previous snapshot's: a file would be read.</summary>
    Changed,

    /// <summary>It is as in the previous snapshot.</summary>
    Unmodified,

    /// <summary>It would be left out, with all that is in it.</summary>
    LeftOut,

    /// <summary>It is a directory that would be taken as an empty one.</summary>
    Emptied,
}
