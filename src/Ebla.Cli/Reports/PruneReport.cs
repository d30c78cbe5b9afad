using Ebla.Operations.Prunes;

namespace Ebla.Cli.Reports;

/// <summary>What <c>prune --json</c> prints; of a dry run: what would be.</summary>
internal sealed record PruneReport
{
    public required bool DryRun { get; init; }

    public required long SnapshotsRemoved { get; init; }

    /// <summary>Forgotten, and kept for the time of grace.</summary>
    public required long SnapshotsInGrace { get; init; }

    /// <summary>Put in place for runs that died in the last moment.</summary>
    public required long SnapshotsFinished { get; init; }

    public required long PacksUnused { get; init; }

    public required long PacksRepacked { get; init; }

    public required long PacksKept { get; init; }

    public required long PacksRemoved { get; init; }

    /// <summary>Condemned, and not removed yet.</summary>
    public required long PacksLeft { get; init; }

    /// <summary>Of all objects, less those written.</summary>
    public required long BytesFreed { get; init; }

    public required long BytesRemoved { get; init; }

    public required long BytesStored { get; init; }

    /// <summary>Of packs, to copy what is used.</summary>
    public required long BytesRead { get; init; }

    /// <summary>In packs that stay; by the catalog's rounded lengths.</summary>
    public required long BytesUnused { get; init; }

    public required long SessionsWaitedFor { get; init; }

    public required long SessionsStanding { get; init; }

    public required long SessionsFenced { get; init; }

    public required long DeletionsRefused { get; init; }

    public required double DurationSeconds { get; init; }

    public required StoreReport? Store { get; init; }

    public static PruneReport Of(PruneResult result, StoreReport? store) => new()
    {
        DryRun = result.IsDryRun,
        SnapshotsRemoved = result.SnapshotsRemoved,
        SnapshotsInGrace = result.SnapshotsInGrace,
        SnapshotsFinished = result.SnapshotsFinished,
        PacksUnused = result.PacksUnused,
        PacksRepacked = result.PacksRepacked,
        PacksKept = result.PacksKept,
        PacksRemoved = result.PacksRemoved,
        PacksLeft = result.PacksLeft,
        BytesFreed = result.RemovedInBytes - result.StoredInBytes,
        BytesRemoved = result.RemovedInBytes,
        BytesStored = result.StoredInBytes,
        BytesRead = result.ReadInBytes,
        BytesUnused = result.UnusedInBytes,
        SessionsWaitedFor = result.SessionsWaitedFor,
        SessionsStanding = result.SessionsStanding,
        SessionsFenced = result.SessionsFenced,
        DeletionsRefused = result.Refused,
        DurationSeconds = Math.Round(result.Duration.TotalSeconds, 3),
        Store = store,
    };
}
