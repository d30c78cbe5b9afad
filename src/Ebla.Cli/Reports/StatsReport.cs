using Ebla.Cli.Rendering;
using Ebla.Operations.Statistics;

namespace Ebla.Cli.Reports;

/// <summary>What <c>stats --json</c> prints.</summary>
internal sealed record StatsReport
{
    public required KindReport[] Kinds { get; init; }

    /// <summary>Distinct blobs.</summary>
    public required long Blobs { get; init; }

    /// <summary>Their plaintext; lengths are rounded up in the catalog, by 12 % at most.</summary>
    public required long BytesPlaintext { get; init; }

    /// <summary>What all objects take.</summary>
    public required long BytesStored { get; init; }

    /// <summary>All files of all snapshots.</summary>
    public required long BytesSnapshots { get; init; }

    /// <summary>Plaintext by stored bytes.</summary>
    public required double CompressionRatio { get; init; }

    /// <summary>All files of all snapshots by stored bytes.</summary>
    public required double TotalRatio { get; init; }

    /// <summary>Oldest first.</summary>
    public required UniqueReport[] Snapshots { get; init; }

    public static StatsReport Of(StatsResult result) => new()
    {
        Kinds = [.. result.Kinds.Select(kind => new KindReport(
            SafeText.ToSnakeCase(kind.Kind.ToString()), kind.Objects, kind.SizeInBytes))],
        Blobs = result.Blobs,
        BytesPlaintext = result.PlaintextInBytes,
        BytesStored = result.StoredInBytes,
        BytesSnapshots = result.SnapshotsInBytes,
        CompressionRatio = Math.Round(result.CompressionRatio, 4),
        TotalRatio = Math.Round(result.TotalRatio, 4),
        Snapshots = [.. result.Snapshots.Select(snapshot => new UniqueReport(
            snapshot.Stored.Id.ToString(),
            snapshot.Stored.Snapshot.Summary.SizeInBytes,
            snapshot.UniqueBlobs,
            snapshot.UniqueInBytes))],
    };

    /// <param name="Kind">Of object: "pack", "index" ...</param>
    /// <param name="Objects">How many there are.</param>
    /// <param name="Bytes">Their sizes together.</param>
    internal sealed record KindReport(string Kind, long Objects, long Bytes);

    /// <param name="Id">The snapshot.</param>
    /// <param name="Bytes">Its files together.</param>
    /// <param name="BlobsUnique">Blobs that no other snapshot refers to.</param>
    /// <param name="BytesUnique">Their plaintext, rounded as above.</param>
    internal sealed record UniqueReport(string Id, long Bytes, long BlobsUnique, long BytesUnique);
}
