using System.Text.Json.Serialization;
using Ebla.Cli.Rendering;
using Ebla.Operations.Checks;

namespace Ebla.Cli.Reports;

/// <summary>What <c>check --json</c> prints.</summary>
internal sealed record CheckReport
{
    /// <summary>Whether stored bytes are wrong or missing.</summary>
    public required bool Damaged { get; init; }

    public required long Snapshots { get; init; }

    public required long IndexSegments { get; init; }

    public required long Packs { get; init; }

    public required long BytesPacks { get; init; }

    /// <summary>Blobs that snapshots refer to.</summary>
    public required long Blobs { get; init; }

    /// <summary>Of these, blobs of which no whole copy is stored.</summary>
    public required long BlobsLost { get; init; }

    /// <summary>What was read and verified.</summary>
    public required long BytesRead { get; init; }

    public required double DurationSeconds { get; init; }

    /// <summary>The worst first.</summary>
    public required Finding[] Findings { get; init; }

    /// <summary>Ids of the snapshots that cannot be restored whole, oldest first.</summary>
    public required string[] SnapshotsAffected { get; init; }

    /// <summary>What in them is lost.</summary>
    public required Path[] PathsAffected { get; init; }

    /// <summary>Whether there are more of them than are listed.</summary>
    public required bool MorePathsAffected { get; init; }

    /// <summary>What went over the line.</summary>
    public required StoreReport? Store { get; init; }

    public static CheckReport Of(CheckResult result, StoreReport? store) => new()
    {
        Store = store,
        Damaged = result.HasDamage,
        Snapshots = result.Snapshots,
        IndexSegments = result.IndexSegments,
        Packs = result.Packs,
        BytesPacks = result.PacksInBytes,
        Blobs = result.Blobs,
        BlobsLost = result.BlobsLost,
        BytesRead = result.ReadInBytes,
        DurationSeconds = Math.Round(result.Duration.TotalSeconds, 3),
        Findings = [.. result.Findings.Select(Finding.Of)],
        SnapshotsAffected = [.. result.AffectedSnapshots.Select(snapshot => snapshot.Id.ToString())],
        PathsAffected =
        [
            .. result.AffectedPaths.Select(path =>
                new Path(path.Snapshot.ToString(), SafeText.ForJson(path.Path), path.IsDirectory)),
        ],
        MorePathsAffected = result.HasMoreAffectedPaths,
    };

    /// <param name="Severity">"damage", "warning" or "information".</param>
    /// <param name="Subject">What it is about: "pack", "snapshot", "header" ...</param>
    /// <param name="Object">The object's name in the repository; null if it is about none.</param>
    /// <param name="Message">For people.</param>
    /// <param name="Snapshots">Ids of snapshots that suffer, as far as known.</param>
    internal sealed record Finding(string Severity, string Subject, string? Object, string Message, string[] Snapshots)
    {
        public static Finding Of(CheckFinding finding) => new(
            SafeText.ToSnakeCase(finding.Severity.ToString()),
            SafeText.ToSnakeCase(finding.Subject.ToString()),
            finding.Object?.ToString(),
            finding.Message,
            [.. finding.Snapshots.Select(id => id.ToString())]);
    }

    /// <param name="SnapshotId">The newest snapshot in which it is lost.</param>
    /// <param name="Name">Its absolute path.</param>
    /// <param name="IsDirectory">Whether all below it is lost too.</param>
    internal sealed record Path(string SnapshotId, [property: JsonPropertyName("path")] string Name, bool IsDirectory);
}
