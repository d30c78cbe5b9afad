namespace Ebla.Operations.Backups.Selection;

/// <summary>Why an entry is left out.</summary>
public enum SelectionCause
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>A pattern of the command line or of an ignore file says so.</summary>
    Pattern,

    /// <summary>It lies in a directory with a CACHEDIR.TAG.</summary>
    Cache,

    /// <summary>It is longer than wanted.</summary>
    Size,

    /// <summary>It lies on another file system.</summary>
    FileSystem,

    /// <summary>It carries the no-dump attribute.</summary>
    NoDump,

    /// <summary>It belongs to the repository or its cache.</summary>
    OwnFolder,
}
