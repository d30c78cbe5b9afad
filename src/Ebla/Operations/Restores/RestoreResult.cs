using Ebla.Primitives;

namespace Ebla.Operations.Restores;

/// <summary>What a restore did.</summary>
public sealed record RestoreResult
{
    /// <summary>The snapshot that was restored.</summary>
    public required ObjectId SnapshotId { get; init; }

    /// <summary>Whether the snapshot is a partial one, of a backup that did not end: what it lacks is nobody's error here.</summary>
    public required bool IsPartial { get; init; }

    /// <summary>Regular files restored, whole and checked.</summary>
    public required long Files { get; init; }

    /// <summary>Directories restored.</summary>
    public required long Directories { get; init; }

    /// <summary>Links, pipes, sockets and devices restored.</summary>
    public required long Others { get; init; }

    /// <summary>Length of the restored files together.</summary>
    public required long RestoredInBytes { get; init; }

    /// <summary>How much of that was right in the target already.</summary>
    public required long KeptInBytes { get; init; }

    /// <summary>Entries left as they are because of the overwrite rule.</summary>
    public required long Left { get; init; }

    /// <summary>Entries removed from the target.</summary>
    public required long Deleted { get; init; }

    /// <summary>What was read from the repository for contents; of a dry run, what would be.</summary>
    public required long FetchedInBytes { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How many problems were reported. If it is not 0, something is missing in the target or not as it was.</summary>
    public required long Errors { get; init; }
}
