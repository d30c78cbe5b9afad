using Ebla.Repositories;

namespace Ebla.Operations.Statistics;

/// <summary>What some snapshots hold together.</summary>
/// <param name="Snapshots">Which, oldest first.</param>
/// <param name="Unique">
/// What no other snapshot that counts refers to: what a prune can give back of it when these are forgotten. More than what each of them alone
/// holds, where two of them share something.
/// </param>
/// <param name="Shared">All else that they refer to.</param>
public sealed record SelectionStatistics(IReadOnlyList<StoredSnapshot> Snapshots, BlobTotals Unique, BlobTotals Shared);
