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
    /// How many pieces of files are planned together: each frame is read once per plan. A piece takes about 250 bytes, and up to
    /// three plans are in memory at once.
    /// </summary>
    public int PlannedPiecesMax { get; init; } = 1 << 16;

    /// <summary>The most bytes of frames that are fetched together; a larger frame comes alone. Each worker holds one fetch.</summary>
    public int FetchSizeInBytesMax { get; init; } = 4 << 20;

    /// <summary>How many files with several pieces may be open at once.</summary>
    public int OpenFilesMax { get; init; } = 256;
}
