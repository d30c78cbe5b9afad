using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Sessions;

namespace Ebla.Operations.Prunes;

/// <summary>
/// Waits for the sessions that were announced when packs were condemned: they may rely on these packs, until they say that they do not.
/// </summary>
/// <remarks>
/// A session that gives no sign of life for a while, as seen from here alone, is fenced: no clock of another machine is asked. To fence one
/// that lives costs it a look at what it stored, and nothing else.
/// </remarks>
internal sealed class SessionWatch(Repository repository, PruneOptions options, IPruneObserver observer)
{
    private static readonly TimeSpan LookIntervalMax = TimeSpan.FromSeconds(10);

    private readonly Dictionary<SessionId, (ulong Beat, long Since)> _seen = [];

    /// <summary>Sessions that were waited for.</summary>
    public int Awaited { get; private set; }

    /// <summary>Of these, sessions that were fenced.</summary>
    public int Fenced { get; private set; }

    /// <summary>Waits until each of them is over or relies on nothing of this, or for as long as the options say.</summary>
    /// <returns>How many are left.</returns>
    public async Task<int> WaitAsync(CondemnedNames condemned, CancellationToken cancellationToken)
    {
        TimeProvider time = repository.Time;
        long start = time.GetTimestamp();
        TimeSpan interval = TimeSpan.FromTicks(Math.Clamp(options.FenceAfter.Ticks / 4, 1, LookIntervalMax.Ticks));
        SessionList sessions = await LoadAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<SessionId, ulong> waiting = sessions.Standing.ToDictionary(session => session.Id, session => session.Beat);
        Awaited = waiting.Count;
        ObjectId[] records = waiting.Count == 0 ? [] : await RecordsOfWhatIsThereAsync(condemned, cancellationToken).ConfigureAwait(false);
        bool isTold = false;
        while (true)
        {
            List<ListedSession> dead = [];
            foreach ((SessionId id, ulong beat) in waiting.ToArray())
            {
                // Also of one that says so a sign of life is wanted: one that died is fenced, or what it stored would stay for ever.
                if (sessions.Find(id) is not { IsStanding: true } session || (session.Beat > beat && session.Knows(records))
                    || IsDead(session, dead))
                {
                    _ = waiting.Remove(id);
                }
            }
            await FenceAsync(dead, cancellationToken).ConfigureAwait(false);
            if (waiting.Count == 0)
            {
                await repository.DelayAsync(Fenced > 0 ? 2 * options.ListLag : TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
                return 0;
            }
            if (options.DryRun || time.GetElapsedTime(start) >= options.SessionWait)
            {
                return waiting.Count;
            }
            observer.Doing($"waiting for {SessionsOf(waiting.Count)} ...");
            if (!isTold)
            {
                observer.Notice(
                    $"{SessionsOf(waiting.Count)} may be at work: waiting for their signs of life, at most "
                    + $"{options.SessionWait.TotalMinutes:0.#} min");
                isTold = true;
            }
            await Task.Delay(interval, time, cancellationToken).ConfigureAwait(false);
            sessions = await LoadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Of the others nothing is left that anybody could rely on.
    private async Task<ObjectId[]> RecordsOfWhatIsThereAsync(CondemnedNames condemned, CancellationToken cancellationToken)
    {
        HashSet<ObjectId> there = [];
        foreach (ObjectKind kind in (ObjectKind[])[ObjectKind.Pack, ObjectKind.Snapshot])
        {
            await foreach (ObjectInfo info in repository.Backend.ListAsync(kind, cancellationToken).ConfigureAwait(false))
            {
                _ = there.Add(info.Name.Id);
            }
        }
        return [.. condemned.Records.Where(record => record.Packs.Concat(record.Snapshots).Any(there.Contains)).Select(record => record.Id)];
    }

    private Task<SessionList> LoadAsync(CancellationToken cancellationToken)
        => SessionList.LoadAsync(repository.Backend, repository.Keys, cancellationToken);

    // Adds it to those that are to be fenced.
    private bool IsDead(ListedSession session, List<ListedSession> dead)
    {
        TimeProvider time = repository.Time;
        if (!_seen.TryGetValue(session.Id, out (ulong Beat, long Since) seen) || seen.Beat != session.Beat)
        {
            _seen[session.Id] = (session.Beat, time.GetTimestamp());
            return false;
        }
        if (options.DryRun || time.GetElapsedTime(seen.Since) < options.FenceAfter)
        {
            return false;
        }
        dead.Add(session);
        return true;
    }

    private async Task FenceAsync(List<ListedSession> dead, CancellationToken cancellationToken)
    {
        foreach (IGrouping<MemberId, ListedSession> ofWriter in dead.GroupBy(session => session.Writer))
        {
            foreach (ListedSession session in ofWriter)
            {
                await SessionRegister.FenceAsync(repository.Backend, repository.Keys, session.Id, cancellationToken).ConfigureAwait(false);
                Fenced++;
            }
            observer.Notice(
                $"{SessionsOf(ofWriter.Count())} of {ofWriter.Key.ToString()[..8]} gave no sign of life for {options.FenceAfter.TotalSeconds:0.#} s: "
                + "declared over. One that lives looks again at what it stored before it commits");
        }
    }

    private static string SessionsOf(int count) => count == 1 ? "1 session" : $"{count} sessions";
}
