namespace Ebla.Cli.Reports;

/// <summary>What <c>restore --json</c> prints.</summary>
internal sealed record RestoreReport
{
    public required string SnapshotId { get; init; }

    /// <summary>Whether nothing was changed: all numbers are what would be.</summary>
    public required bool DryRun { get; init; }

    public required long Files { get; init; }

    public required long Dirs { get; init; }

    /// <summary>Links, pipes, sockets, devices.</summary>
    public required long Others { get; init; }

    /// <summary>Entries left as they were because of --overwrite.</summary>
    public required long Left { get; init; }

    public required long Deleted { get; init; }

    public required long BytesRestored { get; init; }

    /// <summary>Bytes of these that were right in the target before.</summary>
    public required long BytesKept { get; init; }

    /// <summary>What was read from the repository for it.</summary>
    public required long BytesFetched { get; init; }

    public required double DurationSeconds { get; init; }

    /// <summary>Things that are missing in the target, or not as they were.</summary>
    public required long Errors { get; init; }

    /// <summary>What a dry run would do; null if it was none.</summary>
    public required IReadOnlyList<RestoreStepReport>? Steps { get; init; }

    /// <summary>What went over the line.</summary>
    public required StoreReport? Store { get; init; }
}
