namespace Ebla.Primitives;

/// <summary>Sets of file flags.</summary>
public static class FileFlagSets
{
    /// <summary>All that are kept. What else the kernel tells (extents, hashed directories, encryption) is not a user's to set.</summary>
    public const FileFlags Kept = (FileFlags)0x6283_C4FF;

    /// <summary>Those that make a file refuse changes: set when all else is done.</summary>
    public const FileFlags Final = FileFlags.Immutable | FileFlags.AppendOnly;

    /// <summary>Those that act on what is written after they are set.</summary>
    public const FileFlags Early = FileFlags.NoCopyOnWrite | FileFlags.Compressed | FileFlags.NotCompressed;

    // In the order of lsattr(1).
    private static readonly (FileFlags Flag, char Letter)[] Letters =
    [
        (FileFlags.SecureDeletion, 's'), (FileFlags.Undeletable, 'u'), (FileFlags.Synchronous, 'S'),
        (FileFlags.SynchronousDirectory, 'D'), (FileFlags.Immutable, 'i'), (FileFlags.AppendOnly, 'a'), (FileFlags.NoDump, 'd'),
        (FileFlags.NoAccessTime, 'A'), (FileFlags.Compressed, 'c'), (FileFlags.JournaledData, 'j'), (FileFlags.NoTail, 't'),
        (FileFlags.TopDirectory, 'T'), (FileFlags.NoCopyOnWrite, 'C'), (FileFlags.DirectAccess, 'x'), (FileFlags.CaseFolded, 'F'),
        (FileFlags.ProjectInherited, 'P'), (FileFlags.NotCompressed, 'm'),
    ];

    /// <summary>The letters of lsattr(1) for what is set, as in "iA"; empty for none.</summary>
    public static string ToLetters(FileFlags flags)
        => string.Concat(Letters.Where(pair => flags.HasFlag(pair.Flag)).Select(pair => pair.Letter));
}
