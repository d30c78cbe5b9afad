using Ebla.Notes;
using Ebla.Operations.Statistics;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Retention;

/// <summary>What a forget did, or would do.</summary>
/// <param name="Groups">Every snapshot that was judged; empty where snapshots were named.</param>
/// <param name="Forgotten">The snapshots that no longer count, oldest first.</param>
/// <param name="Policy">The policy that was used; null where snapshots were named.</param>
/// <param name="Zone">The time zone that was used.</param>
/// <param name="Note">The note that says so; null if there was nothing to forget, or in a dry run.</param>
/// <param name="Findings">Snapshots that could not be read: they were not judged, and stay.</param>
public sealed record ForgetResult(
    IReadOnlyList<RetentionGroup> Groups, IReadOnlyList<StoredSnapshot> Forgotten, RetentionPolicy? Policy, TimeZoneInfo Zone,
    ObjectId? Note, IReadOnlyList<CatalogFinding> Findings)
{
    /// <summary>Snapshots that were named and are not there though nobody forgot them: from now on a prune does without them.</summary>
    public IReadOnlyList<ObjectId> Lost { get; init; } = [];

    /// <summary>What the forgotten ones hold together, and what of it no other snapshot that counts does; null if it was not counted.</summary>
    public SelectionStatistics? Account { get; init; }

    /// <summary>What of the catalog could not be read, and is therefore not counted.</summary>
    public IReadOnlyList<CatalogFinding> CatalogFindings { get; init; } = [];

    /// <summary>Whether something was left, since it looked wrong and was not confirmed.</summary>
    public bool HasObjections => Groups.Any(group => group.Objection is not null);
}
