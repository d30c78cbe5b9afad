using Ebla.Primitives;

namespace Ebla.Indexing;

/// <summary>
/// All entries of an index in the order of their ids, the copies of a blob together. One pass over each run: to look up one blob after the
/// other takes many times as long, for each waits for memory. Not for concurrent use.
/// </summary>
internal sealed class EntryMerge
{
    private readonly (IndexRun Run, long Base)[] _runs;
    private readonly long[] _next;
    private readonly BlobId[] _heads;
    private readonly List<(int Run, long Ordinal)> _copies = [];

    /// <summary>Stands before the first blob of these runs.</summary>
    public EntryMerge(IReadOnlyList<IndexRun> runs)
    {
        _runs = new (IndexRun, long)[runs.Count];
        _next = new long[runs.Count];
        _heads = new BlobId[runs.Count];
        long entryBase = 0;
        for (int run = 0; run < _runs.Length; run++)
        {
            _runs[run] = (runs[run], entryBase);
            entryBase += runs[run].EntryCount;
            Load(run);
        }
    }

    /// <summary>The blob.</summary>
    public BlobId Id { get; private set; }

    /// <summary>The entries of the blob, usable or not, in the order of their runs: with their ordinals. Valid until the next step.</summary>
    public IReadOnlyList<(int Run, long Ordinal)> Copies => _copies;

    /// <summary>Goes on to the next blob; false if there is none.</summary>
    public bool TryNext()
    {
        _copies.Clear();
        int first = -1;
        for (int run = 0; run < _runs.Length; run++)
        {
            if (HasMore(run) && (first < 0 || _heads[run].CompareTo(_heads[first]) < 0))
            {
                first = run;
            }
        }
        if (first < 0)
        {
            return false;
        }
        Id = _heads[first];
        for (int run = first; run < _runs.Length; run++)
        {
            while (HasMore(run) && _heads[run] == Id)
            {
                _copies.Add((run, _runs[run].Base + _next[run]++));
                Load(run);
            }
        }
        return true;
    }

    private bool HasMore(int run) => _next[run] < _runs[run].Run.EntryCount;

    private void Load(int run)
    {
        if (HasMore(run))
        {
            _heads[run] = _runs[run].Run.GetEntry(_next[run]).Id;
        }
    }
}
