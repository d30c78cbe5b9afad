using Ebla.Operations.Backups.Selection;
using Ebla.Operations.Backups.Sentinels;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Backups;

/// <summary>What to back up, and how.</summary>
public sealed record BackupOptions
{
    /// <summary>
    /// Files and directories; relative ones count from the working directory. A link to a directory is followed, since what is in
    /// there is what its user means.
    /// </summary>
    public IReadOnlyList<ByteName> Paths { get; init; } = [];

    /// <summary>More of them, from a list that a program made: no link is followed.</summary>
    public IReadOnlyList<ByteName> ListedPaths { get; init; } = [];

    /// <summary>A stream to back up, as one file, instead of paths.</summary>
    public BackupInput? Input { get; init; }

    /// <summary>What of the paths is left out.</summary>
    public SelectionOptions Selection { get; init; } = new();

    /// <summary>
    /// Folders that are left out wherever they are met, also by another path to them: the repository itself, its cache. One
    /// that does not exist counts for nothing.
    /// </summary>
    public IReadOnlyList<ByteName> ExcludedFolders { get; init; } = [];

    /// <summary>Free labels of the snapshot.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>A free text.</summary>
    public string Description { get; init; } = "";

    /// <summary>The machine's name in the snapshot; null for the real one.</summary>
    public ByteName? Host { get; init; }

    /// <summary>The program's name and version in the snapshot.</summary>
    public string Program { get; init; } = "";

    /// <summary>The snapshot's time; null for now.</summary>
    public UnixTime? Time { get; init; }

    /// <summary>How many unmodified files are read again, to see whether the disk still holds what was backed up.</summary>
    public SentinelShare Sentinel { get; init; } = SentinelShare.Default;

    /// <summary>
    /// So often a partial snapshot is committed: what is finished by then can be restored if the backup is cut off, and the next one goes
    /// on from there. Zero for never. Of an input there are none.
    /// </summary>
    /// <value>5 minutes: what they cost is some tree blobs and three small objects (docs/adr/0023-checkpoints.md).</value>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Threads that read, cut and hash files.</summary>
    public int ReaderCount { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>How frames and packs are made.</summary>
    public UploadOptions Upload { get; init; } = new();
}
