using Ebla.Repositories;
using Ebla.Sessions;

namespace Ebla.Operations.Prunes;

/// <summary>Waits for the sessions that were announced when packs were condemned: they may rely on these packs.</summary>
/// <remarks>
/// A session that gives no sign of life for a while, as seen from here alone, is fenced: no clock of another machine is asked. To fence one
/// that lives costs it a look at what it stored, and nothing else.
/// </remarks>
internal sealed class SessionWatch(Repository repository, PruneOptions options, IPruneObserver observer)
{
    private static readonly TimeSpan LookIntervalMax = TimeSpan.FromSeconds(10);

    private readonly Dictionary<SessionId, (ulong Beat, long Since, int Looks)> _seen = [];

    /// <summary>Sessions that were waited for.</summary>
    public int Awaited { get; private set; }

    /// <summary>Of these, sessions that were fenced.</summary>
    public int Fenced { get; private set; }

    /// <summary>Waits until each of them is over, or for as long as the options say.</summary>
    /// <returns>How many still stand.</returns>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        TimeProvider time = repository.Time;
        long start = time.GetTimestamp();
        TimeSpan interval = TimeSpan.FromTicks(Math.Clamp(options.FenceAfter.Ticks / 4, 1, LookIntervalMax.Ticks));
        SessionList sessions = await LoadAsync(cancellationToken).ConfigureAwait(false);
        HashSet<SessionId> waiting = [.. sessions.Standing.Select(session => session.Id)];
        Awaited = waiting.Count;
        while (true)
        {
            foreach (SessionId id in waiting.ToArray())
            {
                if (sessions.Find(id) is not { IsStanding: true } session || await IsDeadAsync(session, cancellationToken).ConfigureAwait(false))
                {
                    _ = waiting.Remove(id);
                }
            }
            if (waiting.Count == 0)
            {
                await repository.DelayAsync(Fenced > 0 ? 2 * options.ListLag : TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
                return 0;
            }
            if (options.DryRun || time.GetElapsedTime(start) >= options.SessionWait)
            {
                return waiting.Count;
            }
            observer.Doing($"waiting for {waiting.Count} sessions that are at work ...");
            await Task.Delay(interval, time, cancellationToken).ConfigureAwait(false);
            sessions = await LoadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<SessionList> LoadAsync(CancellationToken cancellationToken)
        => SessionList.LoadAsync(repository.Backend, repository.Keys, cancellationToken);

    private async Task<bool> IsDeadAsync(ListedSession session, CancellationToken cancellationToken)
    {
        TimeProvider time = repository.Time;
        if (!_seen.TryGetValue(session.Id, out (ulong Beat, long Since, int Looks) seen) || seen.Beat != session.Beat)
        {
            _seen[session.Id] = (session.Beat, time.GetTimestamp(), 1);
            return false;
        }
        _seen[session.Id] = seen with { Looks = seen.Looks + 1 };
        if (options.DryRun || time.GetElapsedTime(seen.Since) < options.FenceAfter)
        {
            return false;
        }
        await SessionRegister.FenceAsync(repository.Backend, repository.Keys, session.Id, cancellationToken).ConfigureAwait(false);
        Fenced++;
        observer.Notice(
            $"a session of {session.Writer.ToString()[..8]} gave no sign of life for {options.FenceAfter.TotalSeconds:0} seconds, and is "
            + "declared over. If it lives, it looks again at what it stored before it commits");
        return true;
    }
}
