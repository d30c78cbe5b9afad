using Ebla.Indexing;
using Ebla.Operations.Prunes;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Sessions;
using Ebla.Tests.Packs;
using Xunit;

namespace Ebla.Tests.Operations.Prunes;

/// <summary>A prune beside a backup that goes on for long, and says what it knows to be condemned.</summary>
public sealed class BusyWriterTests
{
    private static readonly UploadOptions Upload = PruneFixture.Upload with { HeartbeatInterval = TimeSpan.FromMilliseconds(50) };

    // Looks every three seconds.
    private static readonly PruneOptions Patient = new()
    {
        UnusedShareMax = 0,
        SessionWait = TimeSpan.FromSeconds(60),
        FenceAfter = TimeSpan.FromSeconds(12),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_that_relies_on_nothing_of_what_goes_holds_nothing_up()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(3);
        await fixture.ForgetAsync(fixture.Backend, 0, 1);
        await using Repository writer = await TestRepository.OpenAsync(fixture.Backend);
        await using UploadSession session = await UploadSession.StartAsync(writer, Upload, Token);

        PruneResult result = await PruneFixture.PruneAsync(fixture.Backend, Patient);

        Assert.Equal((1, 0, 0), (result.SessionsWaitedFor, result.SessionsStanding, result.SessionsFenced));
        Assert.Equal((2, 0), (result.SnapshotsRemoved, result.PacksLeft));
        Assert.True(result.PacksRemoved > 0);
        await PruneFixture.ExpectWholeAsync(fixture.Backend, fixture.Snapshots[^1..]);
    }

    [Fact]
    public async Task What_a_backup_relies_on_and_a_prune_moves_holds_nothing_up_and_is_there_when_it_commits()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(3);
        await using Repository writer = await TestRepository.OpenAsync(fixture.Backend);
        SnapshotList known = await new SnapshotStore(writer).LoadAsync(Token);
        StoredSnapshot last = known.Snapshots.Single(stored => stored.Id == fixture.Snapshots[2]);
        await using UploadSession session = await UploadSession.StartAsync(writer, Upload, Token);
        Rely(session, last.Snapshot.Root);
        await fixture.ForgetAsync(fixture.Backend, 0, 1);

        PruneResult result = await PruneFixture.PruneAsync(fixture.Backend, Patient);

        Assert.True(result.PacksRepacked > 0 && result.PacksRemoved > 0);
        Assert.Equal((1, 0, 0, 0), (result.SessionsWaitedFor, result.SessionsStanding, result.SessionsFenced, result.PacksLeft));
        Rely(session, last.Snapshot.Root); // It finds it where it is now.
        ObjectId late = await session.CommitAsync(_ => last.Snapshot with { Sequence = 4 }, Token);
        await PruneFixture.ExpectWholeAsync(fixture.Backend, [fixture.Snapshots[2], late]);
    }

    [Fact]
    public async Task A_backup_that_relies_on_what_goes_and_is_nowhere_else_is_waited_for()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(2);
        await using Repository writer = await TestRepository.OpenAsync(fixture.Backend);
        SnapshotList known = await new SnapshotStore(writer).LoadAsync(Token);
        StoredSnapshot first = known.Snapshots.Single(stored => stored.Id == fixture.Snapshots[0]);
        ObjectId late;
        await using (UploadSession session = await UploadSession.StartAsync(writer, Upload, Token))
        {
            Rely(session, first.Snapshot.Root);
            await fixture.ForgetAsync(fixture.Backend, 0);

            PruneResult busy = await PruneFixture.PruneAsync(fixture.Backend, Patient with { SessionWait = TimeSpan.FromSeconds(3) });

            Assert.Equal((1, 0), (busy.SessionsStanding, busy.PacksRemoved));
            Assert.True(busy.PacksLeft > 0);
            Assert.False(session.IsStored(first.Snapshot.Root), "once it knows that a pack is condemned it relies on no more of it");
            late = await session.CommitAsync(_ => first.Snapshot with { Sequence = 3 }, Token);
        }

        PruneResult free = await PruneFixture.PruneAsync(fixture.Backend, Patient);

        Assert.Equal((1, 0), (free.SnapshotsRemoved, free.PacksLeft));
        await PruneFixture.ExpectWholeAsync(fixture.Backend, [fixture.Snapshots[1], late]);
    }

    [Fact]
    public async Task What_a_backup_has_just_stored_is_waited_for_though_somebody_condemned_it()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(1);
        await using Repository writer = await TestRepository.OpenAsync(fixture.Backend);
        StoredSnapshot known = (await new SnapshotStore(writer).LoadAsync(Token)).Snapshots[0];
        await using UploadSession session = await UploadSession.StartAsync(writer, Upload, Token);
        HashSet<ObjectId> before = await PacksAsync(fixture);
        FrameGatherer gatherer = session.CreateGatherer(FrameKind.File, 1000);
        byte[] blob = PackFixture.Noise(7, 500);
        Assert.True(await gatherer.AddAsync(FrameOpener.IdOf(writer.Keys, FrameKind.File, blob), blob, []));
        Assert.NotNull(await session.CommitPartialAsync(_ => known.Snapshot with { Sequence = 2 }, Token));
        HashSet<ObjectId> own = await PacksAsync(fixture);
        own.ExceptWith(before);
        _ = Assert.Single(own);
        CondemnedStore condemned = new(fixture.Backend, writer.Keys);
        _ = await condemned.PutAsync(own, [], Token);
        _ = await condemned.PutAsync([new ObjectId(default)], [], Token);
        CondemnedNames names = await condemned.LoadAsync(Token);
        ObjectId[] records = [.. names.Records.OrderBy(record => own.Contains(record.Packs[0])).Select(record => record.Id)];

        ListedSession listed = (await SessionList.LoadAsync(fixture.Backend, writer.Keys, Token)).Standing.Single();
        for (int attempt = 0; attempt < 1000 && !listed.Knows(records[..1]); attempt++)
        {
            await Task.Delay(20, Token);
            listed = (await SessionList.LoadAsync(fixture.Backend, writer.Keys, Token)).Standing.Single();
        }
        Assert.True(listed.Knows(records[..1]));
        Assert.False(listed.Knows(records[1..]));
        _ = await session.CommitAsync(_ => known.Snapshot with { Sequence = 3 }, Token);
    }

    [Fact]
    public void Another_member_cannot_speak_for_a_session()
    {
        SessionId id = SessionId.Read(PackFixture.Noise(1, 16));
        MemberId writer = MemberId.Read(PackFixture.Noise(2, 16));
        MemberId other = MemberId.Read(PackFixture.Noise(3, 16));
        ObjectId[] known = [ObjectId.Read(PackFixture.Noise(4, 32))];
        ListedSession session = new(id);
        session.Add(NameOf(5), new SessionRecord(SessionRecordType.Announcement, id, writer));
        session.Add(NameOf(6), new SessionRecord(SessionRecordType.Heartbeat, id, other, 9) { Known = known });
        session.Add(NameOf(7), new SessionRecord(SessionRecordType.Ended, id, other));
        Assert.True(session.IsStanding);
        Assert.False(session.Knows(known));
        session.Add(NameOf(8), new SessionRecord(SessionRecordType.Heartbeat, id, writer, 1) { Known = known });
        Assert.True(session.Knows(known));
        session.Add(NameOf(9), new SessionRecord(SessionRecordType.Ended, id, writer));
        Assert.False(session.IsStanding);

        static ObjectName NameOf(int seed) => new(ObjectKind.Session, ObjectId.Read(PackFixture.Noise(seed, 32)));
    }

    // As a backup does with what has not changed.
    private static void Rely(UploadSession session, BlobId root)
    {
        CatalogWalk walk = new(session.Index);
        walk.Visit(root, Token);
        Assert.Empty(walk.Missing);
    }

    private static async Task<HashSet<ObjectId>> PacksAsync(PruneFixture fixture)
        => [.. (await PackList.LoadAsync(fixture.Backend, [], Token)).Sizes.Keys];
}
