using Ebla.Repositories;

namespace Ebla.Operations.Prunes;

/// <summary>What a prune may do, and how long it waits. Nothing here is about safety: any value loses time or space only.</summary>
public sealed record PruneOptions
{
    /// <summary>How much of what is stored may be left unused afterwards, as a share of what is used.</summary>
    /// <value>
    /// A twenty-fifth: to gain the rest costs more copying than it frees. With what records and rounding add, a repository is then at most a
    /// twentieth larger than a fresh one.
    /// </value>
    public double UnusedShareMax { get; init; } = 0.04;

    /// <summary>The most bytes that are copied out of packs that hold little that is used. Null: no limit.</summary>
    public long? RepackSizeInBytesMax { get; init; }

    /// <summary>Whether only to find out, exactly, what would be done. Nothing is written or removed.</summary>
    public bool DryRun { get; init; }

    /// <summary>How long a forgotten snapshot can be brought back, from when a prune on this machine first saw that it is forgotten.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>How long an object may have been there before a listing shows it. Zero for nearly all stores (docs/prune.md).</summary>
    public TimeSpan ListLag { get; init; }

    /// <summary>How long to wait for sessions that were at work when packs were condemned.</summary>
    public TimeSpan SessionWait { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a session gives no sign of life, as seen from here, before it is declared over.</summary>
    /// <value>Five signs of life. A session that lives on all the same only has to look again at what it stored.</value>
    public TimeSpan FenceAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How what is copied is stored.</summary>
    public UploadOptions Upload { get; init; } = new();
}
