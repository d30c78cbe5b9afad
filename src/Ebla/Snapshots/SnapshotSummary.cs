namespace Ebla.Snapshots;

/// <summary>What a backup counted.</summary>
public sealed record SnapshotSummary
{
    /// <summary>Regular files in the snapshot.</summary>
    public long Files { get; init; }

    /// <summary>Directories in the snapshot.</summary>
    public long Directories { get; init; }

    /// <summary>Links, pipes, sockets and devices in the snapshot.</summary>
    public long Others { get; init; }

    /// <summary>Length of all files together, in bytes.</summary>
    public long SizeInBytes { get; init; }

    /// <summary>Plaintext bytes that were new to the repository.</summary>
    public long AddedInBytes { get; init; }

    /// <summary>Bytes written to the repository for it.</summary>
    public long StoredInBytes { get; init; }

    /// <summary>Things that could not be read.</summary>
    public long Errors { get; init; }

    /// <summary>Where the rot sentinel of the next backup of the same paths begins; below 2^63.</summary>
    public long SentinelPosition { get; init; }
}
