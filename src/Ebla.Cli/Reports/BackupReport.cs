namespace Ebla.Cli.Reports;

/// <summary>What <c>backup --json</c> prints.</summary>
internal sealed record BackupReport
{
    public required string SnapshotId { get; init; }

    public required long FilesNew { get; init; }

    public required long FilesChanged { get; init; }

    public required long FilesUnmodified { get; init; }

    public required long DirsTotal { get; init; }

    /// <summary>Entries left out by choice; a folder counts once.</summary>
    public required long Excluded { get; init; }

    public required long BytesProcessed { get; init; }

    /// <summary>Plaintext new to the repository.</summary>
    public required long BytesAdded { get; init; }

    /// <summary>What was written.</summary>
    public required long BytesStored { get; init; }

    /// <summary>Unmodified files that the rot sentinel read again, and their length.</summary>
    public required long SentinelFiles { get; init; }

    public required long SentinelBytes { get; init; }

    /// <summary>Of these, how many had rotted.</summary>
    public required long RotAlarms { get; init; }

    /// <summary>Partial snapshots committed on the way.</summary>
    public required long PartialSnapshots { get; init; }

    public required double DurationSeconds { get; init; }

    public required long Errors { get; init; }

    /// <summary>What went over the line.</summary>
    public required StoreReport? Store { get; init; }
}
