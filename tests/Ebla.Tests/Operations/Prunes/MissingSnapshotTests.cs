using System.Buffers;
using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Operations.Checks;
using Ebla.Operations.Prunes;
using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;
using Xunit;

namespace Ebla.Tests.Operations.Prunes;

/// <summary>A snapshot whose object is gone although nobody forgot it: what it needs must not go before somebody says so.</summary>
public sealed class MissingSnapshotTests
{
    private static readonly PruneOptions All = new() { UnusedShareMax = 0, SessionWait = TimeSpan.Zero };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_snapshot_that_another_one_knew_stops_a_prune_while_it_is_missing_and_is_whole_when_it_is_back()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(4);
        await fixture.ForgetAsync(fixture.Backend, 0);
        ObjectName lost = new(ObjectKind.Snapshot, fixture.Snapshots[1]);
        byte[] content = (await ((IBackend)fixture.Backend).GetWholeAsync(lost, 1 << 20, null, Token))!;
        await fixture.Backend.DeleteAsync(lost, Token);

        CorruptDataException stopped = await Assert.ThrowsAsync<CorruptDataException>(() => PruneFixture.PruneAsync(fixture.Backend, All));

        Assert.Contains(lost.ToString(), stopped.Message, StringComparison.Ordinal);
        Assert.Contains($"ebla forget {lost.Id.ToShortString()}", stopped.Message, StringComparison.Ordinal);
        await fixture.Backend.PutAsync(lost, new ReadOnlySequence<byte>(content), Token);
        PruneResult done = await PruneFixture.PruneAsync(fixture.Backend, All);
        Assert.Equal(1, done.SnapshotsRemoved);
        await PruneFixture.ExpectWholeAsync(fixture.Backend, fixture.Snapshots[1..]);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(1000, true)]
    public async Task A_list_that_does_not_show_a_snapshot_is_made_again(int listsWithout, bool stops)
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(4);
        await fixture.ForgetAsync(fixture.Backend, 0);
        HidingBackend hiding = new(fixture.Backend, new ObjectName(ObjectKind.Snapshot, fixture.Snapshots[1]), listsWithout);

        Task<PruneResult> prune = PruneFixture.PruneAsync(hiding, All);

        if (stops)
        {
            _ = await Assert.ThrowsAsync<CorruptDataException>(() => prune);
        }
        else
        {
            Assert.Equal(1, (await prune).SnapshotsRemoved);
        }
        await PruneFixture.ExpectWholeAsync(fixture.Backend, fixture.Snapshots[1..]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_snapshot_that_its_dead_writer_still_intends_is_put_in_place_and_not_called_missing(bool isNextPut)
    {
        // A copy intends several, each knowing the one before; whoever ends them may have died between two, or finds them in any order.
        await using PruneFixture fixture = await PruneFixture.MakeAsync(3);
        await fixture.ForgetAsync(fixture.Backend, 0);
        await using Repository dead = await TestRepository.OpenAsync(fixture.Backend);
        SnapshotList present = await new SnapshotStore(dead).LoadAsync(Token);
        Snapshot newest = present.Snapshots[^1].Snapshot;
        (ObjectName first, byte[] firstContent) = SnapshotCodec.Seal(
            dead.Keys, newest with { Sequence = 4, Known = [.. present.NewestOfWriters()] });
        (ObjectName next, byte[] nextContent) = SnapshotCodec.Seal(
            dead.Keys, newest with { Sequence = 5, Known = [new KnownWriter(newest.Writer, 4, first.Id)] });
        SessionRegister register = new(fixture.Backend, dead.Keys);
        await register.AnnounceAsync(Token);
        _ = await register.IntendAsync([firstContent, nextContent], Token);
        if (isNextPut)
        {
            await fixture.Backend.PutAsync(next, new ReadOnlySequence<byte>(nextContent), Token);
            await fixture.Backend.FlushAsync(Token);
        }
        await register.EndAsync(Token);
        Assert.DoesNotContain((await PruneFixture.CheckAsync(dead)).Findings, finding => finding.Subject == CheckSubject.History);

        PruneResult result = await PruneFixture.PruneAsync(fixture.Backend, All);

        Assert.Equal((1, isNextPut ? 1 : 2), (result.SnapshotsRemoved, result.SnapshotsFinished));
        await PruneFixture.ExpectWholeAsync(fixture.Backend, [.. fixture.Snapshots[1..], first.Id, next.Id]);
    }

    [Fact]
    public async Task Who_forgets_a_missing_snapshot_lets_prunes_go_on()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(4);
        await fixture.Backend.DeleteAsync(new ObjectName(ObjectKind.Snapshot, fixture.Snapshots[1]), Token);
        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);

        ForgetResult forgotten = await ForgetOperation.RunAsync(
            repository, new ForgetOptions { Snapshots = [fixture.Snapshots[1].ToShortString()] }, Token);

        Assert.Empty(forgotten.Forgotten);
        Assert.Equal([fixture.Snapshots[1]], forgotten.Lost);
        Assert.NotNull(forgotten.Note);
        PruneResult done = await PruneFixture.PruneAsync(fixture.Backend, All);
        Assert.True(done.PacksRemoved > 0);
        await PruneFixture.ExpectWholeAsync(fixture.Backend, [fixture.Snapshots[0], .. fixture.Snapshots[2..]]);
        CheckResult check = await PruneFixture.CheckAsync(repository);
        Assert.DoesNotContain(check.Findings, finding => finding.Subject == CheckSubject.History);
    }

    [Fact]
    public async Task A_forgotten_snapshot_that_a_lost_note_may_have_brought_back_stays_until_it_is_forgotten_again()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(4);
        await fixture.ForgetAsync(fixture.Backend, 0);
        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
        ObjectId[] before = await NotesAsync(fixture.Backend);
        string id = fixture.Snapshots[0].ToString();
        _ = await UndeleteOperation.RunAsync(repository, [id], Token);
        ObjectName lost = new(ObjectKind.Note, Assert.Single((await NotesAsync(fixture.Backend)).Except(before)));
        await fixture.ForgetAsync(fixture.Backend, 1);
        byte[] content = (await ((IBackend)fixture.Backend).GetWholeAsync(lost, 1 << 20, null, Token))!;
        await fixture.Backend.DeleteAsync(lost, Token);
        await fixture.Backend.FlushAsync(Token);
        RecordingPruneObserver observer = new();

        PruneResult doubtful = await PruneFixture.PruneAsync(fixture.Backend, All, observer);

        Assert.Equal(1, doubtful.SnapshotsRemoved);
        Assert.Contains($"ebla forget {fixture.Snapshots[0].ToShortString()}", Assert.Single(observer.Problems), StringComparison.Ordinal);
        MemoryBackend healed = fixture.Backend.DurableCopy();
        await healed.PutAsync(lost, new ReadOnlySequence<byte>(content), Token);
        await healed.FlushAsync(Token);
        await PruneFixture.ExpectWholeAsync(healed, [fixture.Snapshots[0], .. fixture.Snapshots[2..]]);

        _ = await ForgetOperation.RunAsync(repository, new ForgetOptions { Snapshots = [id] }, Token);
        PruneResult sure = await PruneFixture.PruneAsync(fixture.Backend, All);
        Assert.Equal(1, sure.SnapshotsRemoved);
        await PruneFixture.ExpectWholeAsync(fixture.Backend, fixture.Snapshots[2..]);
    }

    [Fact]
    public async Task The_missing_note_that_may_have_brought_a_snapshot_back_is_named_and_undelete_only_where_it_is_possible()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(4);
        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
        ObjectId[] before = [];
        List<ObjectId> policies = [];
        foreach (int place in (int[])[0, 1])
        {
            await PolicyOperation.WriteAsync(repository, null, Token);
            policies.Add(Assert.Single((await NotesAsync(fixture.Backend)).Except(before)));
            await fixture.ForgetAsync(fixture.Backend, place);
            before = await NotesAsync(fixture.Backend);
        }
        _ = await new CondemnedStore(fixture.Backend, repository.Keys).PutAsync([], [fixture.Snapshots[0]], Token);
        foreach (ObjectId policy in policies)
        {
            await fixture.Backend.DeleteAsync(new ObjectName(ObjectKind.Note, policy), Token);
        }
        RecordingPruneObserver observer = new();

        PruneResult result = await PruneFixture.PruneAsync(fixture.Backend, All, observer);

        Assert.Equal(1, result.SnapshotsRemoved);
        string problem = Assert.Single(observer.Problems);
        Assert.Contains("note number 3 is missing", problem, StringComparison.Ordinal);
        string id = fixture.Snapshots[0].ToString();
        _ = await Assert.ThrowsAsync<RetentionException>(() => UndeleteOperation.RunAsync(repository, [id], Token));
        Assert.DoesNotContain("ebla undelete", problem, StringComparison.Ordinal);
    }

    private static async Task<ObjectId[]> NotesAsync(MemoryBackend backend)
        => [.. (await Concurrently.ReadAllAsync(backend.ListAsync(ObjectKind.Note, Token))).Select(info => info.Name.Id)];
}
