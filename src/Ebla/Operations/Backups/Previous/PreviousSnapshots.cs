using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Backups.Previous;

/// <summary>Which snapshots a backup goes by. They only save reading: entries are looked up by path, so any snapshot of the machine helps.</summary>
internal static class PreviousSnapshots
{
    /// <summary>What several interrupted runs stored since the last whole one, at most.</summary>
    private const int PartialMax = 3;

    /// <summary>
    /// The partial snapshots of the same paths that no whole one has superseded, the newest of each run, newest first; behind them the
    /// newest whole one.
    /// </summary>
    public static IReadOnlyList<StoredSnapshot> Find(SnapshotList known, ByteName host, IReadOnlyList<ByteName> paths)
    {
        StoredSnapshot[] ofHost = [.. known.WithoutSuperseded().Where(stored => stored.Snapshot.Host == host)];
        IEnumerable<StoredSnapshot> partial = ofHost
            .Where(stored => stored.Snapshot.IsPartial && stored.Snapshot.Paths.SequenceEqual(paths))
            .Reverse().Take(PartialMax);
        StoredSnapshot? whole
            = ofHost.LastOrDefault(stored => !stored.Snapshot.IsPartial && stored.Snapshot.Paths.SequenceEqual(paths))
            ?? ofHost.LastOrDefault(stored => !stored.Snapshot.IsPartial);
        return whole is null ? [.. partial] : [.. partial, whole];
    }
}
