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

    /// <summary>What the snapshots refer to.</summary>
    public required BlobTotalsReport Referred { get; init; }

    /// <summary>What only forgotten snapshots refer to.</summary>
    public required BlobTotalsReport OnlyForgotten { get; init; }

    /// <summary>What no snapshot refers to.</summary>
    public required BlobTotalsReport Unreferred { get; init; }

    /// <summary>Copies besides the one that counts above.</summary>
    public required BlobTotalsReport FurtherCopies { get; init; }

    /// <summary>The stored bytes of the four above together: all frames.</summary>
    public required long BytesFrames { get; init; }

    /// <summary>Oldest first.</summary>
    public required UniqueReport[] Snapshots { get; init; }

    public required GroupReport[] Groups { get; init; }

    /// <summary>Snapshots that are forgotten and not removed yet, oldest first.</summary>
    public required UniqueReport[] Forgotten { get; init; }

    /// <summary>What the snapshots that were asked for hold together; null if none were.</summary>
    public required SelectionReport? Selection { get; init; }

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
        Referred = BlobTotalsReport.Of(result.Referred),
        OnlyForgotten = BlobTotalsReport.Of(result.OnlyForgotten),
        Unreferred = BlobTotalsReport.Of(result.Unreferred),
        FurtherCopies = BlobTotalsReport.Of(result.FurtherCopies),
        BytesFrames = result.FramesInBytes,
        Snapshots = [.. result.Snapshots.Select(UniqueOf)],
        Groups = [.. result.Groups.Select(group => new GroupReport(
            group.Writer.ToString(),
            group.Host is { } host ? SafeText.ForJson(host) : null,
            group.Paths is { } paths ? [.. paths.Select(SafeText.ForJson)] : null,
            group.Tags is { } tags ? [.. tags] : null,
            group.Snapshots,
            BlobTotalsReport.Of(group.Unique),
            BlobTotalsReport.Of(group.Shared)))],
        Forgotten = [.. result.Forgotten.Select(UniqueOf)],
        Selection = SelectionReport.Of(result.Selection),
    };

    private static UniqueReport UniqueOf(SnapshotStatistics snapshot) => new(
        snapshot.Stored.Id.ToString(),
        snapshot.Stored.Snapshot.Summary.SizeInBytes,
        snapshot.Unique.Blobs,
        snapshot.Unique.PlaintextInBytes,
        BlobTotalsReport.Of(snapshot.Unique),
        BlobTotalsReport.Of(snapshot.Shared));

    /// <param name="Kind">Of object: "pack", "index" ...</param>
    /// <param name="Objects">How many there are.</param>
    /// <param name="Bytes">Their sizes together.</param>
    internal sealed record KindReport(string Kind, long Objects, long Bytes);

    /// <param name="Id">The snapshot.</param>
    /// <param name="Bytes">Its files together.</param>
    /// <param name="BlobsUnique">As in <paramref name="Unique"/>.</param>
    /// <param name="BytesUnique">The plaintext in <paramref name="Unique"/>.</param>
    /// <param name="Unique">What no other snapshot refers to.</param>
    /// <param name="Shared">What else it refers to.</param>
    internal sealed record UniqueReport(
        string Id, long Bytes, long BlobsUnique, long BytesUnique, BlobTotalsReport Unique, BlobTotalsReport Shared);

    /// <param name="Writer">The member whose snapshots they are.</param>
    /// <param name="Host">Null if groups do not go by it.</param>
    /// <param name="Paths">Null if groups do not go by them.</param>
    /// <param name="Tags">Null if groups do not go by them.</param>
    /// <param name="Snapshots">How many.</param>
    /// <param name="Unique">What no snapshot of another group refers to.</param>
    /// <param name="Shared">What else they refer to.</param>
    internal sealed record GroupReport(
        string Writer, string? Host, string[]? Paths, string[]? Tags, int Snapshots, BlobTotalsReport Unique, BlobTotalsReport Shared);
}
