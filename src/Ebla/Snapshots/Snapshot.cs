using Ebla.Primitives;

namespace Ebla.Snapshots;

/// <summary>One backup, as docs/format.md, section "Snapshots", lays it down.</summary>
public sealed record Snapshot
{
    /// <summary>The tree blob of the root directory.</summary>
    public required BlobId Root { get; init; }

    /// <summary>Who wrote it.</summary>
    public required MemberId Writer { get; init; }

    /// <summary>Its writer's running number, from 1, without gaps.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>When the backup began, by the writer's clock. For people and retention, never for safety.</summary>
    public required UnixTime Time { get; init; }

    /// <summary>The newest snapshots of all writers that this writer knew when it wrote.</summary>
    public IReadOnlyList<KnownWriter> Known { get; init; } = [];

    /// <summary>Whether the backup was interrupted: what is here is whole, but not all is here.</summary>
    public bool IsPartial { get; init; }

    /// <summary>The machine's name.</summary>
    public required ByteName Host { get; init; }

    /// <summary>The name of the user who ran the backup.</summary>
    public ByteName User { get; init; }

    /// <summary>What was backed up, as absolute paths.</summary>
    public required IReadOnlyList<ByteName> Paths { get; init; }

    /// <summary>Free labels.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>A free text.</summary>
    public string Description { get; init; } = "";

    /// <summary>The program that wrote it, with version.</summary>
    public string Program { get; init; } = "";

    /// <summary>Of a copy from another repository: where it was first made. Null of one that was made here.</summary>
    public SnapshotOrigin? Origin { get; init; }

    /// <summary>What was counted.</summary>
    public SnapshotSummary Summary { get; init; } = new();
}
