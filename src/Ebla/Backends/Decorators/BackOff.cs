namespace Ebla.Backends.Decorators;

/// <summary>How long to wait before a call is made again: exponential, with full jitter.</summary>
/// <remarks>
/// After Brooker, "Exponential Backoff And Jitter" (2015): a wait between nothing and a bound that doubles spreads the callers best that
/// failed together. The first bound is half a second, the last one 32 seconds: an outage of minutes is met some ten times by each call.
/// </remarks>
internal static class BackOff
{
    /// <summary>The first bound.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    private const int DoublingsMax = 6;

    /// <param name="failures">How often the call has failed; 1 or more.</param>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan After(int failures, double chance) => First * Math.Pow(2, Math.Min(failures - 1, DoublingsMax)) * chance;
}
