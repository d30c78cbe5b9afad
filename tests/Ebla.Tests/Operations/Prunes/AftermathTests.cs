using Ebla.Backends;
using Ebla.Operations.Checks;
using Ebla.Operations.Prunes;
using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations.Prunes;

/// <summary>What people are told of what a prune leaves for ever, and of what it cannot remove.</summary>
public sealed class AftermathTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_tells_of_a_session_until_a_prune_has_declared_it_over()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(2);
        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
        await new SessionRegister(fixture.Backend, repository.Keys).AnnounceAsync(Token);
        await fixture.ForgetAsync(fixture.Backend, 0);

        CheckResult before = await PruneFixture.CheckAsync(repository);
        PruneResult pruned = await PruneFixture.PruneAsync(
            fixture.Backend, new PruneOptions { FenceAfter = TimeSpan.FromMilliseconds(50), SessionWait = TimeSpan.FromSeconds(20) });
        CheckResult after = await PruneFixture.CheckAsync(repository);

        Assert.Equal(1, pruned.SessionsFenced);
        CheckFinding finding = Assert.Single(before.Findings);
        Assert.Equal((CheckSeverity.Information, CheckSubject.Session), (finding.Severity, finding.Subject));
        Assert.Contains("was cut off", finding.Message, StringComparison.Ordinal);
        Assert.Empty(after.Findings);
    }

    [Fact]
    public async Task A_session_that_died_is_cleared_away_though_nothing_else_is_to_go()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(1);
        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
        SessionRegister dead = new(fixture.Backend, repository.Keys);
        await dead.AnnounceAsync(Token);
        await dead.BeatAsync([], Token);
        RecordingPruneObserver observer = new();

        PruneResult impatient = await PruneFixture.PruneAsync(fixture.Backend, new PruneOptions { SessionWait = TimeSpan.Zero });
        PruneResult patient = await PruneFixture.PruneAsync(
            fixture.Backend, new PruneOptions { FenceAfter = TimeSpan.FromMilliseconds(50), SessionWait = TimeSpan.FromSeconds(20) }, observer);

        Assert.Equal((0, 0), (impatient.SessionsFenced, impatient.SessionsStanding));
        Assert.Equal((1, 0), (patient.SessionsFenced, patient.SessionsStanding));
        Assert.Contains(observer.Notices, notice => notice.Contains("waiting for their signs of life", StringComparison.Ordinal));
        SessionList left = await SessionList.LoadAsync(fixture.Backend, repository.Keys, Token);
        Assert.True(left.All.Single() is { IsAnnounced: false, IsFenced: true, Beat: 0 });
    }

    [Fact]
    public async Task What_a_session_stored_that_is_declared_over_goes_with_the_same_prune()
    {
        PruneOptions all = new() { FenceAfter = TimeSpan.FromMilliseconds(50), SessionWait = TimeSpan.FromSeconds(20), UnusedShareMax = 0 };
        long unused = 0;
        for (int changes = 2; changes <= 8; changes++)
        {
            await using PruneFixture fixture = await PruneFixture.MakeAsync(1, seed: changes);
            fixture.Change(1);
            await using (Repository dying = await TestRepository.OpenAsync(new DyingBackend(fixture.Backend, changes)))
            {
                _ = await Assert.ThrowsAsync<BackendException>(() => fixture.BackupAsync(dying));
            }

            PruneResult first = await PruneFixture.PruneAsync(fixture.Backend, all);
            PruneResult second = await PruneFixture.PruneAsync(fixture.Backend, all);

            Assert.Equal((1, 0), (first.SessionsFenced, first.SessionsStanding));
            Assert.Equal((first.PacksUnused + first.PacksRepacked, 0), (first.PacksRemoved, second.PacksRemoved));
            await PruneFixture.ExpectWholeAsync(fixture.Backend, fixture.Snapshots);
            unused += first.PacksUnused;
        }
        Assert.True(unused > 5);
    }

    [Fact]
    public async Task What_may_be_copied_is_not_copied_twice_because_a_session_was_declared_over()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(6);
        await fixture.ForgetAsync(fixture.Backend, 0, 1, 2, 3, 4);
        PruneOptions all = new() { FenceAfter = TimeSpan.FromMilliseconds(50), SessionWait = TimeSpan.FromSeconds(20), UnusedShareMax = 0 };
        PruneResult unlimited = await PruneFixture.PruneAsync(fixture.Backend.DurableCopy(), all);
        PruneOptions limited = all with { RepackSizeInBytesMax = unlimited.StoredInBytes / 3 };
        PruneResult alone = await PruneFixture.PruneAsync(fixture.Backend.DurableCopy(), limited);
        fixture.Change(9);
        await using (Repository dying = await TestRepository.OpenAsync(new DyingBackend(fixture.Backend, 5)))
        {
            _ = await Assert.ThrowsAsync<BackendException>(() => fixture.BackupAsync(dying));
        }

        PruneResult result = await PruneFixture.PruneAsync(fixture.Backend, limited);

        Assert.Equal(1, result.SessionsFenced);
        Assert.InRange(alone.PacksRepacked, 1, unlimited.PacksRepacked - 1);
        Assert.Equal(alone.PacksRepacked, result.PacksRepacked);
    }

    [Fact]
    public async Task What_cannot_be_read_is_named_with_what_to_do()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(3);
        await fixture.ForgetAsync(fixture.Backend, 0, 1);
        TamperedBackend rotten = new(fixture.Backend);
        await foreach (ObjectInfo info in fixture.Backend.ListAsync(ObjectKind.Pack, Token))
        {
            byte[] content = (await ((IBackend)fixture.Backend).GetWholeAsync(info.Name, info.SizeInBytes, null, Token))!;
            content[content.Length / 2] ^= 1;
            rotten.Objects[info.Name] = content;
        }
        PruneOptions trial = new() { UnusedShareMax = 0, DryRun = true };
        CorruptDataException pack = await Assert.ThrowsAsync<CorruptDataException>(
            () => PruneFixture.PruneAsync(rotten, trial));
        Assert.Contains("packs/", pack.Message, StringComparison.Ordinal);
        Assert.Contains("ebla check --read-data", pack.Message, StringComparison.Ordinal);

        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
        CondemnedStore condemned = new(fixture.Backend, repository.Keys);
        _ = await condemned.PutAsync([new ObjectId(default)], [], Token);
        ObjectName record = new(ObjectKind.Condemned, (await condemned.LoadAsync(Token)).Records[0].Id);
        rotten.Objects[record] = new byte[100];
        CorruptDataException names = await Assert.ThrowsAsync<CorruptDataException>(() => PruneFixture.PruneAsync(rotten, trial));
        Assert.Contains(record.ToString(), names.Message, StringComparison.Ordinal);
        Assert.Contains("delete that object", names.Message, StringComparison.Ordinal);

        ObjectName session = new(ObjectKind.Session, new ObjectId(default));
        rotten.Objects[session] = new byte[100];
        _ = rotten.Objects.Remove(record);
        CorruptDataException stopped = await Assert.ThrowsAsync<CorruptDataException>(() => PruneFixture.PruneAsync(rotten, trial));
        Assert.Contains(session.ToString(), stopped.Message, StringComparison.Ordinal);
        Assert.Contains("delete that object", stopped.Message, StringComparison.Ordinal);

        rotten.Objects[new ObjectName(ObjectKind.Snapshot, fixture.Snapshots[0])] = new byte[100];
        _ = rotten.Objects.Remove(session);
        _ = rotten.Objects.Remove(record);
        CorruptDataException snapshot = await Assert.ThrowsAsync<CorruptDataException>(() => PruneFixture.PruneAsync(rotten, trial));
        Assert.Contains("or delete the object", snapshot.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_names_a_snapshot_that_cannot_be_read_is_told_that_it_is_damaged_and_what_to_do()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(3);
        await fixture.ForgetAsync(fixture.Backend, 0);
        TamperedBackend damaged = new(fixture.Backend);
        foreach (ObjectId id in fixture.Snapshots.Take(2))
        {
            damaged.Objects[new ObjectName(ObjectKind.Snapshot, id)] = new byte[100];
        }
        await using Repository repository = await TestRepository.OpenAsync(damaged);

        CorruptDataException undeleting = await Assert.ThrowsAsync<CorruptDataException>(
            () => UndeleteOperation.RunAsync(repository, [fixture.Snapshots[0].ToString()], Token));
        CorruptDataException forgetting = await Assert.ThrowsAsync<CorruptDataException>(
            () => ForgetOperation.RunAsync(repository, new ForgetOptions { Snapshots = [fixture.Snapshots[1].ToString()] }, Token));

        foreach (CorruptDataException exception in new[] { undeleting, forgetting })
        {
            Assert.Contains("is damaged", exception.Message, StringComparison.Ordinal);
            Assert.Contains("delete this object", exception.Message, StringComparison.Ordinal);
        }
    }
}
