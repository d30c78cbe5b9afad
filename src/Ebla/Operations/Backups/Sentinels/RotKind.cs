namespace Ebla.Operations.Backups.Sentinels;

/// <summary>How an unmodified file differs from what was backed up.</summary>
public enum RotKind
{
    /// <summary>It has another content. The new snapshot holds that one, the older ones the content as it was.</summary>
    Changed,

    /// <summary>It was read wrong once and right the second time. The new snapshot holds the right content.</summary>
    Passing,

    /// <summary>It cannot be read any more. The new snapshot holds the content as it was.</summary>
    Unreadable,
}
