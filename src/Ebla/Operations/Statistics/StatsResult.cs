using Ebla.Repositories;

namespace Ebla.Operations.Statistics;

/// <summary>How much a repository holds.</summary>
public sealed record StatsResult
{
    /// <summary>Objects and stored bytes, kind by kind.</summary>
    public required IReadOnlyList<KindStatistics> Kinds { get; init; }

    /// <summary>Distinct blobs in the packs, exact.</summary>
    public long Blobs => Distinct.Blobs;

    /// <summary>The plaintext of the distinct blobs, rounded as in <see cref="BlobTotals.PlaintextInBytes"/>.</summary>
    public long PlaintextInBytes => Distinct.PlaintextInBytes;

    /// <summary>What the snapshots that count refer to.</summary>
    public required BlobTotals Referred { get; init; }

    /// <summary>What only forgotten snapshots refer to: a prune gives it back with them.</summary>
    public required BlobTotals OnlyForgotten { get; init; }

    /// <summary>What no snapshot refers to: left by a run that was cut off or by a prune, or being written now.</summary>
    public required BlobTotals Unreferred { get; init; }

    /// <summary>Copies of blobs that are stored more than once, besides the one that counts above.</summary>
    public required BlobTotals FurtherCopies { get; init; }

    /// <summary>The stored bytes of all frames of all packs: the four above together, to the byte.</summary>
    public required long FramesInBytes { get; init; }

    /// <summary>What all objects take, exact.</summary>
    public required long StoredInBytes { get; init; }

    /// <summary>The sizes of all files in all snapshots together, exact: what full copies would take.</summary>
    public required long SnapshotsInBytes { get; init; }

    /// <summary>The snapshots that count, oldest first.</summary>
    public required IReadOnlyList<SnapshotStatistics> Snapshots { get; init; }

    /// <summary>Their groups, sorted as a forget sorts them.</summary>
    public required IReadOnlyList<GroupStatistics> Groups { get; init; }

    /// <summary>Forgotten snapshots that are not removed yet, oldest first. What a snapshot that counts refers to is never theirs alone.</summary>
    public required IReadOnlyList<SnapshotStatistics> Forgotten { get; init; }

    /// <summary>What the snapshots that were asked for hold together; null if none were.</summary>
    public required SelectionStatistics? Selection { get; init; }

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

    private BlobTotals Distinct => Referred.And(OnlyForgotten).And(Unreferred);
}
