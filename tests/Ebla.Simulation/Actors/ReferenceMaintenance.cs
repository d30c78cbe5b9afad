using System.Buffers;
using Ebla.Backends;
using Ebla.Notes;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Sessions;

namespace Ebla.Simulation.Actors;

/// <summary>
/// A pruner by the protocol, as small as can be: it moves nothing, so a condemned pack that turns out to be needed stays until it no longer
/// is. It is there to test what writers and readers do beside a pruner, and can be told to leave out what a pruner must do.
/// </summary>
/// <param name="waits">Whether it waits for the sessions that it finds, or fences them.</param>
/// <param name="looksAgain">Whether it looks again, before it deletes, at what is needed.</param>
/// <param name="isRash">Whether it condemns every other pack, without a look at what is needed. It may: it looks before it deletes.</param>
internal sealed class ReferenceMaintenance(bool waits = true, bool looksAgain = true, bool isRash = false) : IMaintenance
{
    private const int LooksMax = 12;

    public async Task ForgetAsync(Repository repository, IReadOnlyList<ObjectId> snapshots, ActorContext context)
    {
        SnapshotList known = await new SnapshotStore(repository).LoadAsync(context.CancellationToken);
        Note note = new(NoteType.Forgotten, known.Notes.NextNumber)
        {
            Forgotten =
            [
                .. known.Snapshots.Where(stored => snapshots.Contains(stored.Id))
                    .Select(stored => new ForgottenSnapshot(stored.Id, stored.Snapshot.Writer, stored.Snapshot.Sequence)),
            ],
        };
        if (note.Forgotten.Count > 0)
        {
            _ = await new NoteStore(repository).PutAsync(note, context.CancellationToken);
        }
    }

    public async Task PruneAsync(Repository repository, bool isThorough, ActorContext context)
    {
        CancellationToken stop = context.CancellationToken;
        TimeSpan lag = context.World.Scenario.Traits.ListLag;
        StoreView? mark = isRash ? null : await StoreView.ReadAsync(repository, isLook: false, stop);
        HashSet<ObjectId> there = mark is null
            ? [.. (await PackList.LoadAsync(repository.Backend, [], stop)).Sizes.Keys]
            : [.. mark.Packs.Keys];
        ObjectId[] dead =
        [
            .. there.Order().Where(pack => mark is null
                ? context.Process.Chance.Happens(0.5)
                : !mark.IsCondemned(pack) && !mark.IsNeeded(pack, byOrder: true)),
        ];
        context.World.Scheduler.Note($"{context.Process.Name}: condemns {string.Join(' ', dead.Select(pack => pack.ToString()[..8]))}");
        ObjectId[] removed = [.. mark?.Forgotten ?? []];
        if (dead.Length + removed.Length > 0)
        {
            await CondemnAsync(repository, dead, removed, stop);
        }
        await Task.Delay(2 * lag, context.Process.Clock, stop);
        // Only what was condemned before the sessions are listed: for the rest they were not asked.
        CondemnedNames condemned = await new CondemnedStore(repository.Backend, repository.Keys).LoadAsync(stop);
        ObjectId[] records = [.. condemned.Records.Where(record => record.Packs.Any(there.Contains)).Select(record => record.Id)];
        if (waits && !await AwaitSessionsAsync(repository, records, context))
        {
            return;
        }
        StoreView look = looksAgain ? await StoreView.ReadAsync(repository, isLook: true, stop) : mark!;
        IEnumerable<ObjectId> doomed = looksAgain ? look.Packs.Keys.Where(condemned.Packs.Contains) : dead;
        await Task.Delay(lag, context.Process.Clock, stop);
        if (look.Forgotten.Count > 0)
        {
            _ = await new NoteStore(repository).PutAsync(new Note(NoteType.Removed, look.NextNote) { Removed = look.Forgotten }, stop);
        }
        foreach (ObjectId snapshot in look.Forgotten)
        {
            await repository.Backend.DeleteAsync(new ObjectName(ObjectKind.Snapshot, snapshot), stop);
        }
        await repository.Backend.FlushAsync(stop);
        foreach (ObjectId pack in doomed.Where(pack => !looksAgain || !look.IsNeeded(pack, byOrder: false)))
        {
            await repository.Backend.DeleteAsync(new ObjectName(ObjectKind.Pack, pack), stop);
        }
        await repository.Backend.FlushAsync(stop);
    }

    private static async Task CondemnAsync(
        Repository repository, IReadOnlyCollection<ObjectId> packs, IReadOnlyCollection<ObjectId> snapshots, CancellationToken stop)
    {
        (ObjectName name, byte[] content) = CondemnedCodec.Seal(repository.Keys, packs, snapshots);
        await repository.Backend.PutAsync(name, new ReadOnlySequence<byte>(content), stop);
        await repository.Backend.FlushAsync(stop);
    }

    // Until each session that was there is gone, or fenced, or says that it relies on nothing of what is condemned. One whose signs of life
    // stand still for three looks is fenced.
    private static async Task<bool> AwaitSessionsAsync(Repository repository, ObjectId[] condemned, ActorContext context)
    {
        CancellationToken stop = context.CancellationToken;
        IBackend backend = repository.Backend;
        Dictionary<SessionId, (ulong Beat, int Still)> observed = [];
        HashSet<SessionId>? waited = null;
        for (int look = 0; look < LooksMax; look++)
        {
            Dictionary<ObjectName, SessionRecord> records = await StoreView.ReadSessionsAsync(repository, stop);
            HashSet<SessionId> fenced = Of(SessionRecordType.Fence);
            HashSet<SessionId> there = Of(SessionRecordType.Announcement);
            waited ??= there;
            waited.IntersectWith(there);
            waited.ExceptWith(fenced);
            foreach (SessionRecord record in records.Values.Where(record => condemned.Length > 0 && condemned.All(record.Known.Contains)))
            {
                if (waited.Remove(record.Session))
                {
                    context.World.Scheduler.Note($"{context.Process.Name}: {record.Session.ToString()[..8]} knows what is condemned");
                }
            }
            if (waited.Count == 0)
            {
                return true;
            }
            foreach (SessionId session in waited.ToArray())
            {
                ulong beat = records.Values.Where(record => record.Session == session).Max(record => record.Number);
                (ulong Beat, int Still) before = observed.GetValueOrDefault(session, (ulong.MaxValue, 0));
                observed[session] = beat == before.Beat ? (beat, before.Still + 1) : (beat, 0);
                if (observed[session].Still >= 3)
                {
                    context.World.Scheduler.Note($"{context.Process.Name}: fences {session.ToString()[..8]}");
                    (ObjectName name, byte[] content) = SessionRecordCodec.Seal(
                        repository.Keys, new SessionRecord(SessionRecordType.Fence, session, repository.Keys.Member.Id));
                    await backend.PutAsync(name, new ReadOnlySequence<byte>(content), stop);
                    await backend.FlushAsync(stop);
                }
            }
            await Task.Delay(2 * context.World.Scenario.Upload.HeartbeatInterval, context.Process.Clock, stop);

            HashSet<SessionId> Of(SessionRecordType type)
                => [.. records.Values.Where(record => record.Type == type).Select(record => record.Session)];
        }
        return false;
    }
}
