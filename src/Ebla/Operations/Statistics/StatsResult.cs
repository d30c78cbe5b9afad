using Ebla.Repositories;

namespace Ebla.Operations.Statistics;

/// <summary>How much a repository holds.</summary>
public sealed record StatsResult
{
    /// <summary>Objects and stored bytes, kind by kind.</summary>
    public required IReadOnlyList<KindStatistics> Kinds { get; init; }

    /// <summary>Distinct blobs in the index, exact.</summary>
    public required long Blobs { get; init; }

    /// <summary>
    /// The plaintext of the distinct blobs. Lengths in the catalog are rounded up so that they tell little (Padmé): the true
    /// sum is smaller, by at most 12 % for blobs of a few bytes, 3 % from 64 KiB up.
    /// </summary>
    public required long PlaintextInBytes { get; init; }

    /// <summary>What all objects take, exact.</summary>
    public required long StoredInBytes { get; init; }

    /// <summary>The sizes of all files in all snapshots together, exact: what full copies would take.</summary>
    public required long SnapshotsInBytes { get; init; }

    /// <summary>The snapshots, oldest first.</summary>
    public required IReadOnlyList<SnapshotStatistics> Snapshots { get; init; }

    /// <summary>Objects that could not be read; what they hold is not counted.</summary>
    public required IReadOnlyList<CatalogFinding> Findings { get; init; }

    /// <summary>
    /// Plaintext of distinct blobs by stored bytes: what compression saves, less what padding and the catalog cost. 0 if
    /// nothing is stored.
    /// </summary>
    public double CompressionRatio => StoredInBytes == 0 ? 0 : (double)PlaintextInBytes / StoredInBytes;

    /// <summary>
    /// All files in all snapshots by stored bytes: what deduplication and compression save together. 0 if nothing is stored.
    /// </summary>
    public double TotalRatio => StoredInBytes == 0 ? 0 : (double)SnapshotsInBytes / StoredInBytes;
}
