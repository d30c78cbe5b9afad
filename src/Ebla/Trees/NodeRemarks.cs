namespace Ebla.Trees;

/// <summary>What a reader of a snapshot should know of how an entry was read. The bits stand in the format.</summary>
[Flags]
public enum NodeRemarks
{
    /// <summary>Nothing unusual.</summary>
    None = 0,

    /// <summary>The file changed while it was read: its content may mix two states.</summary>
    ChangedWhileRead = 1,

    /// <summary>The directory or file could not be read whole; what could be is here.</summary>
    Incomplete = 2,

    /// <summary>Some of the extended attributes, or the flags, could not be read.</summary>
    MetadataIncomplete = 4,
}
