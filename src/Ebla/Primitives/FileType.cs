namespace Ebla.Primitives;

/// <summary>What a directory entry is. The numbers stand in the format (docs/format.md, "Nodes"); 0 is never valid.</summary>
public enum FileType : byte
{
    /// <summary>A regular file.</summary>
    Regular = 1,

    /// <summary>A directory.</summary>
    Directory = 2,

    /// <summary>A symbolic link.</summary>
    SymbolicLink = 3,

    /// <summary>A named pipe.</summary>
    Fifo = 4,

    /// <summary>A Unix-domain socket.</summary>
    Socket = 5,

    /// <summary>A character device.</summary>
    CharacterDevice = 6,

    /// <summary>A block device.</summary>
    BlockDevice = 7,
}
