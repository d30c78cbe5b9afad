using Ebla.Primitives;

namespace Ebla.Operations.Retention;

/// <summary>What a judgement goes by besides the policy.</summary>
internal sealed record RetentionTerms
{
    /// <summary>Whose days and hours count.</summary>
    public required TimeZoneInfo Zone { get; init; }

    /// <summary>This machine's clock. It only tells which snapshots are dated in the future, and those stay.</summary>
    public required UnixTime Now { get; init; }

    /// <summary>Which snapshots are meant. Others are not judged, and take no places.</summary>
    public SnapshotFilter Filter { get; init; } = new();

    /// <summary>Snapshots that stay whatever the policy says.</summary>
    public IReadOnlySet<ObjectId> KeepIds { get; init; } = new HashSet<ObjectId>();

    /// <summary>Whether a snapshot is pinned.</summary>
    public Func<ObjectId, bool> IsPinned { get; init; } = _ => false;

    /// <summary>Whether the newest of a group may go too.</summary>
    public bool AllowsEmptyGroup { get; init; }
}
