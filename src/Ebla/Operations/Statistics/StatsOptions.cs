using Ebla.Notes;

namespace Ebla.Operations.Statistics;

/// <summary>What is asked of the statistics.</summary>
public sealed record StatsOptions
{
    /// <summary>How snapshots are put into groups; each writer's always for themselves.</summary>
    public RetentionGrouping Grouping { get; init; } = RetentionGrouping.Host | RetentionGrouping.Paths;

    /// <summary>The snapshots of the selection by name: the start of an id, <c>latest</c>, <c>latest:HOST</c>.</summary>
    public IReadOnlyList<string> Snapshots { get; init; } = [];

    /// <summary>The snapshots of the selection if none is named. If it means all, there is no selection.</summary>
    public SnapshotFilter Filter { get; init; } = new();
}
