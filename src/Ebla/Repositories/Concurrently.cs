using System.Runtime.CompilerServices;

namespace Ebla.Repositories;

/// <summary>Does one thing for many items, a few at a time: on a line of 50 ms, one after the other is twenty in a second.</summary>
internal static class Concurrently
{
    /// <summary>Requests for small objects that are under way at once. The store may allow fewer.</summary>
    public const int SmallObjects = 16;

    /// <summary>Requests for index segments, of some MiB each, that are under way at once.</summary>
    public const int Segments = 4;

    /// <summary>Begins the work for up to so many items ahead, and gives the results in the order of the items.</summary>
    /// <returns>Each item with its work, which is done; awaiting it gives the result, or throws what went wrong.</returns>
    public static async IAsyncEnumerable<(TItem Item, Task<TResult> Work)> ForEachAsync<TItem, TResult>(
        IEnumerable<TItem> items, Func<TItem, CancellationToken, Task<TResult>> work, int aheadMax,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Queue<(TItem Item, Task<TResult> Work)> ahead = [];
        try
        {
            foreach (TItem item in items)
            {
                ahead.Enqueue((item, work(item, stop.Token)));
                if (ahead.Count >= aheadMax)
                {
                    await ((Task)ahead.Peek().Work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    yield return ahead.Dequeue();
                }
            }
            while (ahead.Count > 0)
            {
                await ((Task)ahead.Peek().Work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                yield return ahead.Dequeue();
            }
        }
        finally
        {
            // The caller has stopped reading: what is under way has no reader any more.
            await stop.CancelAsync().ConfigureAwait(false);
            foreach ((_, Task<TResult> left) in ahead)
            {
                await ((Task)left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>All lines of a listing.</summary>
    public static async Task<List<T>> ReadAllAsync<T>(IAsyncEnumerable<T> lines)
    {
        List<T> all = [];
        await foreach (T line in lines.ConfigureAwait(false))
        {
            all.Add(line);
        }
        return all;
    }
}
