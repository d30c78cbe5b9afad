namespace Ebla.FileSystems;

/// <summary>What kind of thing a directory entry is.</summary>
internal enum FileType : byte
{
    Regular = 1,
    Directory = 2,
    SymbolicLink = 3,
    Fifo = 4,
    Socket = 5,
    CharacterDevice = 6,
    BlockDevice = 7,
}
