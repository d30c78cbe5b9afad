using Ebla.Operations.Prunes;
using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations.Prunes;

/// <summary>What becomes of backups and prunes where the store refuses deletions, and does not say so before.</summary>
public sealed class RefusedDeletionTests
{
    private static readonly PruneOptions All = new() { UnusedShareMax = 0, SessionWait = TimeSpan.Zero };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_backup_asks_once_and_ends_its_session_by_a_record_that_it_is_over(bool asDenied)
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(1);
        RefusingBackend refusing = new(fixture.Backend, asDenied);
        await using Repository repository = await TestRepository.OpenAsync(refusing);
        fixture.Change(1);

        ObjectId added = await fixture.BackupAsync(repository);

        Assert.Equal(1, refusing.Refusals);
        SessionList sessions = await SessionList.LoadAsync(refusing, repository.Keys, Token);
        Assert.Empty(sessions.Standing);
        ListedSession left = Assert.Single(sessions.All);
        Assert.True(left.IsEnded);
        // Its intent is left, too, and nothing is wrong with that.
        Assert.Empty((await PruneFixture.CheckAsync(repository)).Findings);
        await PruneFixture.ExpectWholeAsync(fixture.Backend, [fixture.Snapshots[0], added]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Heartbeats_and_checkpoints_go_on_although_none_of_the_old_records_can_be_deleted(bool asDenied)
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(1);
        RefusingBackend refusing = new(fixture.Backend, asDenied);
        await using Repository repository = await TestRepository.OpenAsync(refusing);
        SessionRegister register = new(refusing, repository.Keys);
        await register.AnnounceAsync(Token);
        for (int i = 0; i < 3; i++)
        {
            await register.BeatAsync([], Token);
        }
        Assert.True(await register.StandsAsync(Token));
        Assert.Single((await SessionList.LoadAsync(refusing, repository.Keys, Token)).Standing);
        await SessionRegister.FenceAsync(fixture.Backend, repository.Keys, register.Id, Token);
        Assert.False(await register.StandsAsync(Token));
        await register.EndAsync(Token);
        Assert.Equal(1, refusing.Refusals);

        UploadSession session = await UploadSession.StartAsync(repository, PruneFixture.Upload, Token);
        await using (session)
        {
            SnapshotList known = await new SnapshotStore(repository).LoadAsync(Token);
            ObjectId? partial = await session.CommitPartialAsync(
                _ => known.Snapshots[0].Snapshot with { Sequence = 2, IsPartial = true }, Token);
            Assert.NotNull(partial);
            _ = await session.CommitAsync(_ => known.Snapshots[0].Snapshot with { Sequence = 3 }, Token);
        }
        Assert.Equal(2, refusing.Refusals);
        Assert.Empty((await SessionList.LoadAsync(refusing, repository.Keys, Token)).Standing);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_prune_that_may_not_delete_condemns_nothing_and_one_that_may_removes_all_with_one_run(bool asDenied)
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(1);
        RefusingBackend refusing = new(fixture.Backend, asDenied);
        await using (Repository repository = await TestRepository.OpenAsync(refusing))
        {
            for (int i = 1; i < 4; i++)
            {
                fixture.Change(i);
                fixture.Snapshots.Add(await fixture.BackupAsync(repository));
            }
        }
        await fixture.ForgetAsync(refusing, 0, 1, 2);
        long before = await PruneFixture.SizeAsync(fixture.Backend, ObjectKind.Pack, ObjectKind.Snapshot);

        PruneResult refused = await PruneFixture.PruneAsync(refusing, All);

        Assert.True(refused.IsDryRun);
        Assert.Equal((3, 0), (refused.SnapshotsRemoved, refused.Refused));
        Assert.Equal(before, await PruneFixture.SizeAsync(fixture.Backend, ObjectKind.Pack, ObjectKind.Snapshot));
        Assert.Equal(0, await PruneFixture.SizeAsync(fixture.Backend, ObjectKind.Condemned));
        await using (Repository repository = await TestRepository.OpenAsync(refusing))
        {
            _ = await UndeleteOperation.RunAsync(repository, [fixture.Snapshots[2].ToString()], Token);
        }
        await PruneFixture.ExpectWholeAsync(refusing, fixture.Snapshots[2..]);

        PruneResult done = await PruneFixture.PruneAsync(fixture.Backend, All);

        Assert.Equal((2, 0, 0), (done.SnapshotsRemoved, done.Refused, done.PacksLeft));
        Assert.True(done.PacksRemoved > 0);
        Assert.Equal(0, await PruneFixture.SizeAsync(fixture.Backend, ObjectKind.Session));
        await PruneFixture.ExpectWholeAsync(fixture.Backend, fixture.Snapshots[2..]);
        PruneResult again = await PruneFixture.PruneAsync(fixture.Backend, All);
        Assert.Equal((0, 0), (again.SnapshotsRemoved, again.PacksRemoved));
    }

    [Fact]
    public async Task Where_some_objects_are_locked_a_prune_counts_the_refusals_and_a_later_one_ends_its_work()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(4);
        await fixture.ForgetAsync(fixture.Backend, 0, 1, 2);
        // The youngest of what was forgotten is locked still.
        ObjectName locked = new(ObjectKind.Snapshot, fixture.Snapshots[2]);
        RefusingBackend locking = new(fixture.Backend, asDenied: false)
        {
            LocksObjects = true,
            Refuses = name => name == locked || name.Kind is ObjectKind.Pack,
        };
        RecordingPruneObserver observer = new();

        PruneResult partly = await PruneFixture.PruneAsync(locking, All, observer);

        Assert.False(partly.IsDryRun);
        Assert.Equal((2, 0, 1), (partly.SnapshotsRemoved, partly.PacksRemoved, partly.Refused));
        Assert.True(partly.PacksLeft > 0);
        Assert.Contains("cannot be deleted", Assert.Single(observer.Problems), StringComparison.Ordinal);
        await PruneFixture.ExpectWholeAsync(locking, fixture.Snapshots[3..]);

        PruneResult rest = await PruneFixture.PruneAsync(fixture.Backend, All);

        Assert.Equal((1, partly.PacksLeft, 0), (rest.SnapshotsRemoved, rest.PacksRemoved, rest.Refused));
        await PruneFixture.ExpectWholeAsync(fixture.Backend, fixture.Snapshots[3..]);
    }

    [Fact]
    public async Task The_trial_leaves_nothing_where_the_store_deletes()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(2);
        long before = await PruneFixture.SizeAsync(fixture.Backend);
        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);

        Assert.True(await DeletionTrial.RunAsync(repository, Token));

        Assert.Equal(before, await PruneFixture.SizeAsync(fixture.Backend));
    }
}
