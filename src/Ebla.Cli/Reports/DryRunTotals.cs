namespace Ebla.Cli.Reports;

/// <summary>What <c>backup --dry-run --json</c> prints behind the entries.</summary>
internal sealed record DryRunTotals
{
    public required long FilesNew { get; init; }

    public required long FilesChanged { get; init; }

    public required long FilesUnmodified { get; init; }

    public required long DirsTotal { get; init; }

    /// <summary>Links, pipes, sockets, devices.</summary>
    public required long OthersTotal { get; init; }

    /// <summary>Entries left out; a folder counts once.</summary>
    public required long Excluded { get; init; }

    /// <summary>All files that would be in the snapshot.</summary>
    public required long BytesTotal { get; init; }

    /// <summary>Those that would be read.</summary>
    public required long BytesToRead { get; init; }

    public required long Errors { get; init; }
}
