namespace Ebla.Cli.Rendering;

/// <summary>How fast a number grows, over the last seconds rather than since the start.</summary>
internal sealed class RateMeter
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(15);

    private readonly Queue<(TimeSpan Time, long Value)> _samples = [];

    /// <summary>Notes the number and returns its growth per second; 0 as long as there is nothing to compare it with.</summary>
    public double Update(TimeSpan time, long value)
    {
        _samples.Enqueue((time, value));
        while (_samples.Count > 2 && time - _samples.Peek().Time > Window)
        {
            _ = _samples.Dequeue();
        }
        (TimeSpan firstTime, long firstValue) = _samples.Peek();
        return time > firstTime ? Math.Max(0, (value - firstValue) / (time - firstTime).TotalSeconds) : 0;
    }
}
