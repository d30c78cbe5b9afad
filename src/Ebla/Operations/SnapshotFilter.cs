using Ebla.Primitives;
using Ebla.Snapshots;

namespace Ebla.Operations;

/// <summary>Which snapshots are meant. Empty lists mean all.</summary>
public sealed record SnapshotFilter
{
    /// <summary>Only those of these machines.</summary>
    public IReadOnlyList<ByteName> Hosts { get; init; } = [];

    /// <summary>Only those that have one of these tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Only those for which one of these paths was named.</summary>
    public IReadOnlyList<ByteName> Paths { get; init; } = [];

    /// <summary>Whether it means all.</summary>
    public bool IsEmpty => Hosts.Count == 0 && Tags.Count == 0 && Paths.Count == 0;

    /// <summary>Whether a snapshot is meant.</summary>
    public bool Matches(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return (Hosts.Count == 0 || Hosts.Contains(snapshot.Host))
            && (Tags.Count == 0 || Tags.Any(snapshot.Tags.Contains))
            && (Paths.Count == 0 || Paths.Any(snapshot.Paths.Contains));
    }
}
