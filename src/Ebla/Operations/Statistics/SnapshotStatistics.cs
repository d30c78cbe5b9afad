using Ebla.Repositories;

namespace Ebla.Operations.Statistics;

/// <summary>What one snapshot holds, and what only it holds.</summary>
/// <param name="Stored">The snapshot. Its summary has the exact number of its files and bytes, as the backup counted
/// them.</param>
/// <param name="Unique">What no other snapshot refers to. Of a snapshot that counts, forgotten ones are no others.</param>
/// <param name="Shared">All else that it refers to.</param>
public sealed record SnapshotStatistics(StoredSnapshot Stored, BlobTotals Unique, BlobTotals Shared);
