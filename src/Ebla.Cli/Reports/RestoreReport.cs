namespace Ebla.Cli.Reports;

/// <summary>What <c>restore --json</c> prints.</summary>
internal sealed record RestoreReport
{
    public required string SnapshotId { get; init; }

    public required long Files { get; init; }

    public required long Dirs { get; init; }

    /// <summary>Links, pipes, sockets, devices.</summary>
    public required long Others { get; init; }

    public required long BytesRestored { get; init; }

    /// <summary>What was read from the repository for it.</summary>
    public required long BytesFetched { get; init; }

    public required double DurationSeconds { get; init; }

    /// <summary>Things that are missing in the target, or not as they were.</summary>
    public required long Errors { get; init; }
}
