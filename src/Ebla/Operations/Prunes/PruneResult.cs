namespace Ebla.Operations.Prunes;

/// <summary>What a prune did; of a dry run: what it would do, to the byte.</summary>
public sealed record PruneResult
{
    /// <summary>Snapshots that were forgotten before, and are gone now.</summary>
    public required long SnapshotsRemoved { get; init; }

    /// <summary>Forgotten snapshots that can still be brought back.</summary>
    public required long SnapshotsInGrace { get; init; }

    /// <summary>Packs of which nothing is used.</summary>
    public required long PacksUnused { get; init; }

    /// <summary>Packs that were taken apart: what is used of them was copied.</summary>
    public required long PacksRepacked { get; init; }

    /// <summary>Packs that stay.</summary>
    public required long PacksKept { get; init; }

    /// <summary>Packs that were removed: by plan, or left by a prune before.</summary>
    public required long PacksRemoved { get; init; }

    /// <summary>Packs that shall go, but not yet: who may rely on them is still at work, or the store refused.</summary>
    public required long PacksLeft { get; init; }

    /// <summary>Bytes of all objects that were removed.</summary>
    public required long RemovedInBytes { get; init; }

    /// <summary>Bytes of all objects that were written.</summary>
    public required long StoredInBytes { get; init; }

    /// <summary>Bytes of packs that were read to be copied.</summary>
    public required long ReadInBytes { get; init; }

    /// <summary>Bytes of packs before.</summary>
    public required long PacksSizeInBytes { get; init; }

    /// <summary>Stored bytes in the packs that stay which nothing uses, as the catalog tells: lengths there are rounded.</summary>
    public required long UnusedInBytes { get; init; }

    /// <summary>Sessions that were waited for.</summary>
    public required long SessionsWaitedFor { get; init; }

    /// <summary>Of these, sessions that are still at work.</summary>
    public required long SessionsStanding { get; init; }

    /// <summary>Of these, sessions that gave no sign of life and were declared over.</summary>
    public required long SessionsFenced { get; init; }

    /// <summary>Snapshots of runs that died in the last moment, which were put in place now.</summary>
    public required long SnapshotsFinished { get; init; }

    /// <summary>Deletions that the store refused.</summary>
    public required long Refused { get; init; }

    /// <summary>Whether nothing was changed: asked for, or since the store deletes nothing.</summary>
    public required bool IsDryRun { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Of two passes of one prune together.</summary>
    internal PruneResult Then(PruneResult second) => second with
    {
        SnapshotsRemoved = SnapshotsRemoved + second.SnapshotsRemoved,
        PacksUnused = PacksUnused + second.PacksUnused,
        PacksRepacked = PacksRepacked + second.PacksRepacked,
        PacksRemoved = PacksRemoved + second.PacksRemoved,
        PacksSizeInBytes = PacksSizeInBytes,
        SessionsWaitedFor = SessionsWaitedFor + second.SessionsWaitedFor,
    };
}
