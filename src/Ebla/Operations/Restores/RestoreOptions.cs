using Ebla.Primitives;

namespace Ebla.Operations.Restores;

/// <summary>What to restore, and where to.</summary>
public sealed record RestoreOptions
{
    /// <summary>The start of a snapshot's id, <c>latest</c>, or <c>latest:HOST</c>.</summary>
    public required string Snapshot { get; init; }

    /// <summary>
    /// An absolute path in the snapshot. If it is a directory, its entries appear right in the target; all else appears there under
    /// its own name. Empty: everything, with its absolute path kept below the target.
    /// </summary>
    public ByteName PathInSnapshot { get; init; }

    /// <summary>
    /// Several absolute paths in the snapshot: only they are restored, each with its absolute path kept below the target. Empty: no
    /// such limit. Not together with <see cref="PathInSnapshot"/>.
    /// </summary>
    public IReadOnlyList<ByteName> Paths { get; init; } = [];

    /// <summary>
    /// Patterns as git's ignore files have them; if there are any, only what matches one of them is restored, and all that is in a
    /// directory which does. A leading slash means the root of the snapshot; other slashes the place that is restored.
    /// </summary>
    public IReadOnlyList<ByteName> Includes { get; init; } = [];

    /// <summary>Patterns of what is not restored, with all that is below it, whatever else says that it is.</summary>
    public IReadOnlyList<ByteName> Excludes { get; init; } = [];

    /// <summary>What becomes of files in the target that the snapshot has as well. Directories always get the snapshot's metadata.</summary>
    public OverwriteRule Overwrite { get; init; }

    /// <summary>
    /// Whether what the snapshot does not have is removed from directories that are restored and were backed up as a whole; and what
    /// is in the way of an entry of another kind. Never where something else is mounted, and only what the patterns select.
    /// </summary>
    public bool Delete { get; init; }

    /// <summary>Files and folders that are never removed, with all in them: the repository itself, the cache, keys.</summary>
    public IReadOnlyList<ByteName> Kept { get; init; } = [];

    /// <summary>Whether files that are there are written where they stand, and of them only what is wrong. Not atomic.</summary>
    public bool InPlace { get; init; }

    /// <summary>Whether only to tell the observer what would be done. The target is read, and not changed.</summary>
    public bool DryRun { get; init; }

    /// <summary>Whether all is read back from the disk and compared in the end. Not together with <see cref="OverwriteRule.Never"/>.</summary>
    public bool Verify { get; init; }

    /// <summary>
    /// The directory to restore into. It is made where it is missing; what is in it stays, unless something restored has its name.
    /// </summary>
    public required ByteName Target { get; init; }

    /// <summary>Whether owners are taken by their numbers. Else by their names, or by numbers where this machine knows no such name.</summary>
    public bool NumericOwner { get; init; }

    /// <summary>
    /// Whether the times of last access are restored too, as they were when the entries were new or changed. Else they stay as the
    /// restore leaves them.
    /// </summary>
    public bool AccessTimes { get; init; }

    /// <summary>How many frames are fetched, opened and written at once.</summary>
    public int WorkerCount { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>
    /// How many pieces of files are planned together: each frame is read once per plan. A piece takes up to 600 bytes, and up to
    /// three plans are in memory at once.
    /// </summary>
    public int PlannedPiecesMax { get; init; } = 1 << 15;

    /// <summary>The most bytes of frames that are fetched together; a larger frame comes alone. Each worker holds one fetch.</summary>
    public int FetchSizeInBytesMax { get; init; } = 4 << 20;

    /// <summary>How many files with several pieces may be open at once.</summary>
    public int OpenFilesMax { get; init; } = 256;
}
