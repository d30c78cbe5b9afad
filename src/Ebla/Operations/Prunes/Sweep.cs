using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Sessions;

namespace Ebla.Operations.Prunes;

/// <summary>Deletes what may go by now. What the store refuses stays condemned, and is tried again by the next prune.</summary>
internal sealed class Sweep(Repository repository, PruneOptions options, IPruneObserver observer)
{
    private const int InFlightMax = 16;

    private int _refused;

    /// <summary>Deletions that were refused.</summary>
    public int Refused => _refused;

    /// <summary>Whether this is how a store says no to a deletion.</summary>
    public static bool IsRefusal(Exception exception) => exception is AccessDeniedException or BackendException { IsTransient: false };

    /// <summary>Snapshots first, so that none is ever there without what it refers to; then packs.</summary>
    /// <returns>How many of each are gone.</returns>
    public async Task<(int Snapshots, int Packs)> RunAsync(
        IReadOnlyCollection<ObjectId> snapshots, IReadOnlyCollection<ObjectId> packs, CancellationToken cancellationToken)
    {
        // What it acts on must outlive what it does: notes and records that others wrote, too.
        await repository.Backend.FlushAsync(cancellationToken).ConfigureAwait(false);
        await repository.DelayAsync(options.ListLag, cancellationToken).ConfigureAwait(false);
        int goneSnapshots = await DeleteAsync(snapshots.Select(id => new ObjectName(ObjectKind.Snapshot, id)), cancellationToken)
            .ConfigureAwait(false);
        if (goneSnapshots < snapshots.Count)
        {
            return (goneSnapshots, 0);
        }
        int gonePacks = await DeleteAsync(packs.Select(id => new ObjectName(ObjectKind.Pack, id)), cancellationToken).ConfigureAwait(false);
        return (goneSnapshots, gonePacks);
    }

    /// <summary>The records of sessions that are over.</summary>
    public async Task RemoveSessionsAsync(SessionList sessions, CancellationToken cancellationToken)
    {
        List<ObjectName> names = [];
        List<ObjectName> ends = [];
        foreach (ListedSession session in sessions.All)
        {
            if (!session.IsAnnounced)
            {
                // A fence stays for ever: an announcement that was sent twice may come back, and its writer must not believe it.
                names.AddRange(session.NamesOf(SessionRecordType.Heartbeat, SessionRecordType.Ended));
            }
            else if (session.IsFenced || session.IsEnded)
            {
                names.AddRange(session.NamesOf(SessionRecordType.Announcement, SessionRecordType.Heartbeat));
                ends.AddRange(session.NamesOf(SessionRecordType.Ended));
            }
        }
        // What says that a session is over goes after what says that it began.
        if (await DeleteAsync(names, cancellationToken).ConfigureAwait(false) == names.Count)
        {
            _ = await DeleteAsync(ends, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Deletes objects, durably.</summary>
    /// <returns>How many are gone.</returns>
    public async Task<int> DeleteAsync(IEnumerable<ObjectName> names, CancellationToken cancellationToken)
    {
        int gone = 0;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = InFlightMax, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(names, parallel, async (name, stop) =>
        {
            try
            {
                await repository.Backend.DeleteAsync(name, stop).ConfigureAwait(false);
                _ = Interlocked.Increment(ref gone);
            }
            catch (Exception exception) when (IsRefusal(exception))
            {
                if (Interlocked.Increment(ref _refused) == 1)
                {
                    observer.Problem($"{name} cannot be deleted: {exception.Message}");
                }
            }
        }).ConfigureAwait(false);
        await repository.Backend.FlushAsync(cancellationToken).ConfigureAwait(false);
        return gone;
    }
}
