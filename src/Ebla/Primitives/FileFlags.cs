namespace Ebla.Primitives;

/// <summary>
/// What chattr(1) sets on files and directories: those of the kernel's flags (FS_IOC_GETFLAGS) that a user may set. The bits are the
/// kernel's, and stand in the format.
/// </summary>
[Flags]
public enum FileFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>s: to be overwritten when it is deleted.</summary>
    SecureDeletion = 0x1,

    /// <summary>u: to be kept when it is deleted.</summary>
    Undeletable = 0x2,

    /// <summary>c: stored compressed.</summary>
    Compressed = 0x4,

    /// <summary>S: written through.</summary>
    Synchronous = 0x8,

    /// <summary>i: cannot be changed, renamed, deleted or linked.</summary>
    Immutable = 0x10,

    /// <summary>a: can only be appended to.</summary>
    AppendOnly = 0x20,

    /// <summary>d: not for backups by dump(8).</summary>
    NoDump = 0x40,

    /// <summary>A: its access time is not kept.</summary>
    NoAccessTime = 0x80,

    /// <summary>m: never stored compressed.</summary>
    NotCompressed = 0x400,

    /// <summary>j: its data go through the journal.</summary>
    JournaledData = 0x4000,

    /// <summary>t: no tail merging.</summary>
    NoTail = 0x8000,

    /// <summary>D: changes of the directory are written through.</summary>
    SynchronousDirectory = 0x1_0000,

    /// <summary>T: a hint for where directories are laid.</summary>
    TopDirectory = 0x2_0000,

    /// <summary>C: overwritten in place, on a file system that else would not.</summary>
    NoCopyOnWrite = 0x80_0000,

    /// <summary>x: accessed without the page cache.</summary>
    DirectAccess = 0x200_0000,

    /// <summary>P: what is made in the directory belongs to its project.</summary>
    ProjectInherited = 0x2000_0000,

    /// <summary>F: names in the directory are found whatever their case.</summary>
    CaseFolded = 0x4000_0000,
}
