namespace Ebla.Operations.Backups.Sentinels;

/// <summary>
/// Which unmodified files this backup reads again. Files lie on a circle, by a hash of their inode number; each backup takes the arc that
/// begins where the one before ended. So every file has its turn once in each round, however the share or the number of files changes
/// in between.
/// </summary>
/// <remarks>
/// An unmodified file has the inode number that it had before, and all names of one file are chosen together. Files that come or go
/// move no others.
/// </remarks>
internal readonly record struct SentinelChoice
{
    // Half of the range of a long, so that a place on the circle is a number of the format.
    private const ulong Circle = 1UL << 63;

    private readonly ulong _start;
    private readonly ulong _arc;

    private SentinelChoice(ulong start, ulong arc)
    {
        _start = start;
        _arc = arc;
    }

    /// <summary>Where this backup begins, and so one after it that goes on where this was interrupted.</summary>
    public long Start => (long)_start;

    /// <summary>Where the next backup begins.</summary>
    public long End => (long)((_start + _arc) % Circle);

    /// <summary>The choice of one backup.</summary>
    /// <param name="share">How much.</param>
    /// <param name="start">Where the backup before ended; 0 for the first.</param>
    /// <param name="sizeInBytes">About the length of all files.</param>
    public static SentinelChoice Of(SentinelShare share, long start, long sizeInBytes)
    {
        // Rounded up, so that N arcs of 1/N are a whole circle and not a little less.
        UInt128 arc = share switch
        {
            { Divisor: { } divisor } => (Circle + (ulong)divisor - 1) / (ulong)divisor,
            { SizeInBytes: { } budget } when budget >= sizeInBytes => Circle,
            { SizeInBytes: { } budget } => (UInt128)budget * Circle / (ulong)sizeInBytes + 1,
            _ => 0,
        };
        return new SentinelChoice((ulong)start % Circle, (ulong)UInt128.Min(arc, Circle));
    }

    /// <summary>Whether the file with this inode number is read again.</summary>
    public bool Includes(ulong inode) => unchecked(Place(inode) - _start) % Circle < _arc;

    // The finaliser of SplitMix64 (Steele et al., 2014): neighbouring numbers come to lie anywhere.
    private static ulong Place(ulong inode)
    {
        ulong mixed = unchecked(inode + 0x9E3779B97F4A7C15);
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB);
        return (mixed ^ (mixed >> 31)) % Circle;
    }
}
