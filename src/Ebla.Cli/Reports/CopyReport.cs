using System.Text.Json.Serialization;
using Ebla.Operations.Copies;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Cli.Reports;

/// <summary>What <c>copy --json</c> prints.</summary>
internal sealed record CopyReport
{
    public required long SnapshotsCopied { get; init; }

    /// <summary>Snapshots that were there already.</summary>
    public required long SnapshotsSkipped { get; init; }

    /// <summary>Snapshots of which something is damaged in the source.</summary>
    public required long SnapshotsFailed { get; init; }

    /// <summary>Blobs that were new; of a dry run: that may be.</summary>
    public required long Blobs { get; init; }

    /// <summary>Of these, blobs that went over without being decompressed and compressed again.</summary>
    public required long BlobsMoved { get; init; }

    /// <summary>Blobs of which the source has no whole copy.</summary>
    public required long BlobsLost { get; init; }

    /// <summary>What was read of packs; of a dry run: what would be.</summary>
    public required long BytesRead { get; init; }

    /// <summary>What was written.</summary>
    public required long BytesStored { get; init; }

    /// <summary>Whether equal content has equal ids in both repositories.</summary>
    public required bool SharesIds { get; init; }

    public required bool DryRun { get; init; }

    public required double DurationSeconds { get; init; }

    /// <summary>What was copied, oldest first.</summary>
    public required Copy[] Snapshots { get; init; }

    public required StoreReport? Store { get; init; }

    public static CopyReport Of(
        CopyResult result, IEnumerable<(StoredSnapshot Source, ObjectId? Copy)> copied, bool isDryRun, StoreReport? store) => new()
        {
            SnapshotsCopied = result.SnapshotsCopied,
            SnapshotsSkipped = result.SnapshotsSkipped,
            SnapshotsFailed = result.SnapshotsFailed,
            Blobs = result.Blobs,
            BlobsMoved = result.BlobsMoved,
            BlobsLost = result.BlobsLost,
            BytesRead = result.ReadInBytes,
            BytesStored = result.StoredInBytes,
            SharesIds = result.SharesNames,
            DryRun = isDryRun,
            DurationSeconds = Math.Round(result.Duration.TotalSeconds, 3),
            Snapshots = [.. copied.Select(pair => new Copy(pair.Source.Id.ToString(), pair.Copy?.ToString()))],
            Store = store,
        };

    /// <param name="SourceId">The snapshot in the source.</param>
    /// <param name="Id">The copy; null in a dry run.</param>
    internal sealed record Copy(string SourceId, [property: JsonPropertyName("snapshot_id")] string? Id);
}
