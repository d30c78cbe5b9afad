using Ebla.Repositories;

namespace Ebla.Operations.Statistics;

/// <summary>What one snapshot holds, and what only it holds.</summary>
/// <param name="Stored">The snapshot. Its summary has the exact number of its files and bytes, as the backup counted
/// them.</param>
/// <param name="UniqueBlobs">Blobs that no other snapshot refers to, exact.</param>
/// <param name="UniqueInBytes">Their plaintext, each length rounded up as in <see cref="StatsResult.PlaintextInBytes"/>.</param>
public sealed record SnapshotStatistics(StoredSnapshot Stored, long UniqueBlobs, long UniqueInBytes);
