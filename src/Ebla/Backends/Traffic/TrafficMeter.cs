namespace Ebla.Backends.Traffic;

/// <summary>Counts what goes over the line to the stores that share it. Safe for concurrent use.</summary>
public sealed class TrafficMeter
{
    private long _puts;
    private long _gets;
    private long _lists;
    private long _deletes;
    private long _others;
    private long _sentInBytes;
    private long _receivedInBytes;
    private long _retries;

    /// <summary>The counts now. Not all of the same instant while calls are under way.</summary>
    public TrafficCounts Read() => new(
        Interlocked.Read(ref _puts),
        Interlocked.Read(ref _gets),
        Interlocked.Read(ref _lists),
        Interlocked.Read(ref _deletes),
        Interlocked.Read(ref _others),
        Interlocked.Read(ref _sentInBytes),
        Interlocked.Read(ref _receivedInBytes),
        Interlocked.Read(ref _retries));

    internal void AddPut() => Interlocked.Increment(ref _puts);

    internal void AddGet() => Interlocked.Increment(ref _gets);

    internal void AddList() => Interlocked.Increment(ref _lists);

    internal void AddDelete() => Interlocked.Increment(ref _deletes);

    internal void AddOther() => Interlocked.Increment(ref _others);

    internal void AddSent(long sizeInBytes) => Interlocked.Add(ref _sentInBytes, sizeInBytes);

    internal void AddReceived(long sizeInBytes) => Interlocked.Add(ref _receivedInBytes, sizeInBytes);

    internal void AddRetry() => Interlocked.Increment(ref _retries);
}
