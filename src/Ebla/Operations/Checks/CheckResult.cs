namespace Ebla.Operations.Checks;

/// <summary>What a check looked at and found.</summary>
public sealed record CheckResult
{
    /// <summary>Snapshots that could be opened.</summary>
    public required long Snapshots { get; init; }

    /// <summary>Index segments that could be opened.</summary>
    public required long IndexSegments { get; init; }

    /// <summary>Packs listed.</summary>
    public required long Packs { get; init; }

    /// <summary>The sizes of all packs together.</summary>
    public required long PacksInBytes { get; init; }

    /// <summary>Blobs that snapshots refer to, each counted once.</summary>
    public required long Blobs { get; init; }

    /// <summary>Of these, blobs of which no whole copy is stored.</summary>
    public required long BlobsLost { get; init; }

    /// <summary>Bytes of packs that were read and verified; 0 unless the data was to be read.</summary>
    public required long ReadInBytes { get; init; }

    /// <summary>Everything found, the worst first.</summary>
    public required IReadOnlyList<CheckFinding> Findings { get; init; }

    /// <summary>The snapshots that cannot be restored whole, oldest first.</summary>
    public required IReadOnlyList<AffectedSnapshot> AffectedSnapshots { get; init; }

    /// <summary>What in them cannot be restored whole; no more than asked for.</summary>
    public required IReadOnlyList<AffectedPath> AffectedPaths { get; init; }

    /// <summary>Whether there are more affected paths than are listed.</summary>
    public required bool HasMoreAffectedPaths { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Whether stored bytes are wrong or missing.</summary>
    public bool HasDamage => Findings.Any(finding => finding.Severity == CheckSeverity.Damage);
}
