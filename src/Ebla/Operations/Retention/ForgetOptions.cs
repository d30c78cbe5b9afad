using Ebla.Notes;

namespace Ebla.Operations.Retention;

/// <summary>What to forget: either named snapshots, or what a policy does not keep.</summary>
public sealed record ForgetOptions
{
    /// <summary>Snapshots by name: the start of an id, <c>latest</c>, <c>latest:HOST</c>. Then no rule is asked.</summary>
    public IReadOnlyList<string> Snapshots { get; init; } = [];

    /// <summary>The policy; null for the one that is kept in the repository.</summary>
    public RetentionPolicy? Policy { get; init; }

    /// <summary>Snapshots that stay whatever the policy says, by name.</summary>
    public IReadOnlyList<string> KeepIds { get; init; } = [];

    /// <summary>Only these are judged.</summary>
    public SnapshotFilter Filter { get; init; } = new();

    /// <summary>The time zone whose days and hours count; null for that of the policy, or else the machine's.</summary>
    public TimeZoneInfo? Zone { get; init; }

    /// <summary>Whether the newest snapshot of a group may go too.</summary>
    public bool AllowsEmptyGroup { get; init; }

    /// <summary>Whether groups are forgotten from that this would else object to.</summary>
    public bool IsConfirmed { get; init; }

    /// <summary>
    /// Whether to count what only the forgotten snapshots hold. A forget needs no catalog; this loads it: it lists the packs and the index, and
    /// reads what of the index is not cached.
    /// </summary>
    public bool CountsBytes { get; init; }

    /// <summary>Only say what would be done. Writes nothing.</summary>
    public bool DryRun { get; init; }
}
