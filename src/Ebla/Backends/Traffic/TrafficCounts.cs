namespace Ebla.Backends.Traffic;

/// <summary>What went over the line to a store.</summary>
/// <param name="Puts">Objects and headers sent, each attempt counted.</param>
/// <param name="Gets">Objects, parts of objects and headers asked for.</param>
/// <param name="Lists">Listings begun.</param>
/// <param name="Deletes">Deletions asked for.</param>
/// <param name="Others">Questions for sizes and free space, and flushes.</param>
/// <param name="SentInBytes">Bytes of objects that arrived. What a broken attempt sent is not known.</param>
/// <param name="ReceivedInBytes">Bytes of objects that came.</param>
/// <param name="Retries">Calls that were made again after a failure.</param>
public sealed record TrafficCounts(
    long Puts, long Gets, long Lists, long Deletes, long Others, long SentInBytes, long ReceivedInBytes, long Retries)
{
    /// <summary>All calls.</summary>
    public long Requests => Puts + Gets + Lists + Deletes + Others;
}
