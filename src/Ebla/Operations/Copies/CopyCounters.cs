namespace Ebla.Operations.Copies;

/// <summary>How far a copy has come; read while it runs.</summary>
public sealed class CopyCounters
{
    private long _snapshotsCopied;
    private long _snapshotsFailed;
    private long _blobs;
    private long _blobsMoved;
    private long _blobsLost;
    private long _readInBytes;
    private long _plannedInBytes;
    private long _storedInBytes;

    /// <summary>Snapshots to be copied in all.</summary>
    public long Snapshots { get; internal set; }

    /// <summary>Snapshots skipped, since they are there.</summary>
    public long SnapshotsSkipped { get; internal set; }

    /// <summary>Snapshots committed.</summary>
    public long SnapshotsCopied => Interlocked.Read(ref _snapshotsCopied);

    /// <summary>Snapshots that cannot be copied.</summary>
    public long SnapshotsFailed => Interlocked.Read(ref _snapshotsFailed);

    /// <summary>Blobs new to the destination.</summary>
    public long Blobs => Interlocked.Read(ref _blobs);

    /// <summary>Of these, blobs that stayed compressed.</summary>
    public long BlobsMoved => Interlocked.Read(ref _blobsMoved);

    /// <summary>Blobs of which there is no whole copy.</summary>
    public long BlobsLost => Interlocked.Read(ref _blobsLost);

    /// <summary>Bytes of packs read.</summary>
    public long ReadInBytes => Interlocked.Read(ref _readInBytes);

    /// <summary>Bytes of packs that are to be read for the snapshots looked at so far.</summary>
    public long PlannedInBytes => Interlocked.Read(ref _plannedInBytes);

    /// <summary>Bytes written.</summary>
    public long StoredInBytes => Interlocked.Read(ref _storedInBytes);

    internal void CountCopied(long snapshots) => Interlocked.Add(ref _snapshotsCopied, snapshots);

    internal void CountFailed() => Interlocked.Increment(ref _snapshotsFailed);

    internal void CountBlobs(long blobs) => Interlocked.Add(ref _blobs, blobs);

    internal void CountMoved(long blobs) => Interlocked.Add(ref _blobsMoved, blobs);

    internal void CountLost() => Interlocked.Increment(ref _blobsLost);

    internal void CountRead(long bytes) => Interlocked.Add(ref _readInBytes, bytes);

    internal void CountPlanned(long bytes) => Interlocked.Add(ref _plannedInBytes, bytes);

    internal void CountStored(long bytes) => Interlocked.Add(ref _storedInBytes, bytes);
}
