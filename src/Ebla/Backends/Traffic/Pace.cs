namespace Ebla.Backends.Traffic;

/// <summary>Lets so many bytes pass in a second, in the order in which they ask.</summary>
internal sealed class Pace(long? bytesPerSecond, TimeProvider time)
{
    // What was not used lately may be used at once, so that short pauses of the sender do not slow the line.
    private static readonly TimeSpan SavedMax = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly long _started = time.GetTimestamp();
    private TimeSpan _free;

    public ValueTask TakeAsync(int sizeInBytes, CancellationToken cancellationToken)
    {
        if (bytesPerSecond is not { } rate)
        {
            return ValueTask.CompletedTask;
        }
        TimeSpan wait;
        lock (_lock)
        {
            TimeSpan now = time.GetElapsedTime(_started);
            TimeSpan begin = _free > now - SavedMax ? _free : now - SavedMax;
            _free = begin + TimeSpan.FromSeconds((double)sizeInBytes / rate);
            wait = begin - now;
        }
        return wait > TimeSpan.Zero ? new ValueTask(Task.Delay(wait, time, cancellationToken)) : ValueTask.CompletedTask;
    }
}
