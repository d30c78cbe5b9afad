namespace Ebla.Operations.Copies;

/// <summary>What a copy did; of a dry run, what it would do.</summary>
public sealed record CopyResult
{
    /// <summary>Snapshots that the destination has now and had not before.</summary>
    public required long SnapshotsCopied { get; init; }

    /// <summary>Snapshots that it had already.</summary>
    public required long SnapshotsSkipped { get; init; }

    /// <summary>Snapshots that were not copied, since something of them is damaged or missing in the source.</summary>
    public required long SnapshotsFailed { get; init; }

    /// <summary>Blobs that were new to the destination.</summary>
    public required long Blobs { get; init; }

    /// <summary>Of these, blobs that went over in their frames, without being decompressed and compressed again.</summary>
    public required long BlobsMoved { get; init; }

    /// <summary>Blobs of which the source has no whole copy.</summary>
    public required long BlobsLost { get; init; }

    /// <summary>What was read of packs.</summary>
    public required long ReadInBytes { get; init; }

    /// <summary>What was written.</summary>
    public required long StoredInBytes { get; init; }

    /// <summary>Whether both repositories give the same content the same id.</summary>
    public required bool SharesNames { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
}
