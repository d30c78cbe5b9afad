using Ebla.Primitives;

namespace Ebla.Operations.Statistics;

/// <summary>What the snapshots of a group hold, and what only they hold. Groups are those of a forget.</summary>
/// <param name="Writer">Whose snapshots they are.</param>
/// <param name="Host">The machine; null if groups do not go by it.</param>
/// <param name="Paths">The paths, sorted; null if groups do not go by them.</param>
/// <param name="Tags">The tags, sorted; null if groups do not go by them.</param>
/// <param name="Snapshots">How many snapshots it has.</param>
/// <param name="Unique">What no snapshot of another group refers to.</param>
/// <param name="Shared">All else that its snapshots refer to.</param>
public sealed record GroupStatistics(
    MemberId Writer, ByteName? Host, IReadOnlyList<ByteName>? Paths, IReadOnlyList<string>? Tags, int Snapshots, BlobTotals Unique,
    BlobTotals Shared);
