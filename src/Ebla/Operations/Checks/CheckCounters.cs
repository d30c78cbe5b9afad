namespace Ebla.Operations.Checks;

/// <summary>What a running check has counted so far. Safe to read at any time.</summary>
public sealed class CheckCounters
{
    private long _snapshots;
    private long _segments;
    private long _packs;
    private long _packsInBytes;
    private long _packsRead;
    private long _readInBytes;
    private long _frames;

    /// <summary>Snapshots opened.</summary>
    public long Snapshots => Interlocked.Read(ref _snapshots);

    /// <summary>Index segments opened.</summary>
    public long IndexSegments => Interlocked.Read(ref _segments);

    /// <summary>Packs listed.</summary>
    public long Packs => Interlocked.Read(ref _packs);

    /// <summary>Their sizes together.</summary>
    public long PacksInBytes => Interlocked.Read(ref _packsInBytes);

    /// <summary>Packs read whole.</summary>
    public long PacksRead => Interlocked.Read(ref _packsRead);

    /// <summary>Bytes of packs read.</summary>
    public long ReadInBytes => Interlocked.Read(ref _readInBytes);

    /// <summary>Frame records whose signature was verified.</summary>
    public long Frames => Interlocked.Read(ref _frames);

    internal void SetSnapshots(long count) => Interlocked.Exchange(ref _snapshots, count);

    internal void CountSegment() => Interlocked.Increment(ref _segments);

    internal void CountPack(long sizeInBytes)
    {
        _ = Interlocked.Increment(ref _packs);
        _ = Interlocked.Add(ref _packsInBytes, sizeInBytes);
    }

    internal void CountPackRead() => Interlocked.Increment(ref _packsRead);

    internal void CountRead(long sizeInBytes) => Interlocked.Add(ref _readInBytes, sizeInBytes);

    internal void CountFrames(long count) => Interlocked.Add(ref _frames, count);
}
