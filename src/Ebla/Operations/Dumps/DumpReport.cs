using Ebla.Primitives;

namespace Ebla.Operations.Dumps;

/// <summary>Counts what a format cannot hold, by kinds.</summary>
internal sealed class DumpReport(IDumpObserver observer)
{
    private readonly SortedDictionary<string, (ByteName First, long Count)> _kinds = new(StringComparer.Ordinal);

    public long Errors { get; private set; }

    public void Add(ByteName path, string message)
    {
        Errors++;
        _kinds[message] = _kinds.TryGetValue(message, out (ByteName First, long Count) seen) ? (seen.First, seen.Count + 1) : (path, 1);
    }

    public void End()
    {
        foreach ((string message, (ByteName first, long count)) in _kinds)
        {
            observer.Problem(new DumpProblem(first, count == 1 ? message : $"{message} (and {count - 1} more)"));
        }
    }
}
