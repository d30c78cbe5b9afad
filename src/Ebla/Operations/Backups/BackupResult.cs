using Ebla.Primitives;

namespace Ebla.Operations.Backups;

/// <summary>What a backup did.</summary>
public sealed record BackupResult
{
    /// <summary>Entries left out by choice; a directory counts once, whatever is in it.</summary>
    public required long Excluded { get; init; }

    /// <summary>The new snapshot.</summary>
    public required ObjectId SnapshotId { get; init; }

    /// <summary>Files that the previous snapshot does not have.</summary>
    public required long FilesNew { get; init; }

    /// <summary>Files that were read because they may differ from the previous snapshot.</summary>
    public required long FilesChanged { get; init; }

    /// <summary>Files taken over from the previous snapshot unread.</summary>
    public required long FilesUnmodified { get; init; }

    /// <summary>Directories in the snapshot.</summary>
    public required long Directories { get; init; }

    /// <summary>Length of all files in the snapshot.</summary>
    public required long ProcessedInBytes { get; init; }

    /// <summary>Plaintext that was new to the repository.</summary>
    public required long AddedInBytes { get; init; }

    /// <summary>What was written to the repository.</summary>
    public required long StoredInBytes { get; init; }

    /// <summary>Unmodified files that the rot sentinel read again.</summary>
    public required long SentinelFiles { get; init; }

    /// <summary>Their length together.</summary>
    public required long SentinelInBytes { get; init; }

    /// <summary>Unmodified files whose content had changed under the same size and times.</summary>
    public required long RotAlarms { get; init; }

    /// <summary>Partial snapshots that were committed on the way. This one supersedes them.</summary>
    public required long PartialSnapshots { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How many things could not be read, or changed while they were read.</summary>
    public required long Errors { get; init; }
}
