using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Notes;
using Ebla.Operations.Checks;
using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;
using Ebla.Tests.Operations;
using Ebla.Tests.Packs;
using Xunit;

namespace Ebla.Tests.Notes;

public sealed class NoteStoreTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_forgotten_snapshot_counts_no_longer_and_counts_again_when_every_forget_is_withdrawn()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        NoteStore notes = new(repository);
        ObjectId one = await notes.PutAsync(Forget(filled.First), Token);
        ObjectId two = await notes.PutAsync(Forget(filled.First), Token);

        SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
        Assert.Equal([filled.Second], list.Snapshots.Select(stored => stored.Id));
        Assert.Equal([filled.First], list.Forgotten.Select(stored => stored.Id));
        Assert.Equal([one, two], list.Notes.ForgottenBy(filled.First).ToHashSet());
        SnapshotNotFoundException exception = Assert.Throws<SnapshotNotFoundException>(() => list.Find(filled.First.ToString()));
        Assert.Contains("ebla undelete", exception.Message, StringComparison.Ordinal);

        _ = await notes.PutAsync(Withdraw(one, filled.First), Token);
        Assert.True((await notes.LoadAsync(Token)).IsForgotten(filled.First));
        _ = await notes.PutAsync(Withdraw(two, filled.First), Token);
        list = await new SnapshotStore(repository).LoadAsync(Token);
        Assert.Equal([filled.First, filled.Second], list.Snapshots.Select(stored => stored.Id));
        Assert.Empty(list.Forgotten);

        // A later forget is another note, which nobody has withdrawn.
        _ = await notes.PutAsync(Forget(filled.First), Token);
        Assert.True((await notes.LoadAsync(Token)).IsForgotten(filled.First));
    }

    [Fact]
    public async Task A_withdrawal_takes_back_what_it_names_and_nothing_else()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        NoteStore notes = new(repository);
        ObjectId note = await notes.PutAsync(Forget(filled.First, filled.Second), Token);
        ObjectId pin = await notes.PutAsync(new Note(NoteType.Pinned, 2) { Pinned = [filled.First, filled.Second] }, Token);
        _ = await notes.PutAsync(Withdraw(note, filled.Second), Token);
        _ = await notes.PutAsync(Withdraw(pin, filled.First), Token);
        NoteList list = await notes.LoadAsync(Token);
        Assert.Equal((true, false), (list.IsForgotten(filled.First), list.IsForgotten(filled.Second)));
        Assert.Equal((false, true), (list.IsPinned(filled.First), list.IsPinned(filled.Second)));
    }

    [Fact]
    public async Task What_a_prune_removes_never_counts_again_whatever_is_withdrawn()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        NoteStore notes = new(repository);
        ObjectId note = await notes.PutAsync(Forget(filled.First, filled.Second), Token);
        _ = await notes.PutAsync(new Note(NoteType.Removed, 2) { Removed = [filled.First] }, Token);
        _ = await notes.PutAsync(Withdraw(note, filled.First), Token);
        _ = await notes.PutAsync(Withdraw(note, filled.Second), Token);
        SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
        Assert.Equal([filled.Second], list.Snapshots.Select(stored => stored.Id));
        Assert.True(list.Notes.IsRemoved(filled.First));
        // Its number is still accounted for.
        Assert.Equal([filled.First], list.Notes.Forgotten.Select(one => one.Snapshot));
        Assert.Empty(await UndeleteOperation.ListAsync(repository, list, Token));
        _ = await Assert.ThrowsAsync<RetentionException>(() => UndeleteOperation.RunAsync(repository, [filled.First.ToString()], Token));
    }

    [Fact]
    public async Task The_policy_of_the_highest_number_wins()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        NoteStore notes = new(repository);
        foreach (ulong number in (ulong[])[3, 9, 5])
        {
            _ = await notes.PutAsync(new Note(NoteType.Policy, number) { Policy = new byte[] { (byte)number } }, Token);
        }
        NoteList list = await notes.LoadAsync(Token);
        Assert.Equal(new byte[] { 9 }, list.Policy!.Value.ToArray());
        Assert.Equal(10UL, list.NextNumber);
        Assert.Equal(1UL, list.MissingNumber);
        CheckResult check = await CheckOperation.RunAsync(repository, new CheckOptions(), new QuietCheck(), Token);
        Assert.Contains("A note is missing, number 1", Assert.Single(check.Findings).Message, StringComparison.Ordinal);
        _ = await notes.PutAsync(new Note(NoteType.Policy, 1) { Policy = new byte[] { 1 } }, Token);
        _ = await notes.PutAsync(new Note(NoteType.Policy, 2) { Policy = new byte[] { 1 } }, Token);
        Assert.Equal(4UL, (await notes.LoadAsync(Token)).MissingNumber);
    }

    [Theory]
    [InlineData(MemberRole.Writer, false)]
    [InlineData(MemberRole.Reader, false)]
    [InlineData(MemberRole.Maintainer, true)]
    public async Task Notes_count_only_with_the_signature_of_the_owner_or_a_maintainer(MemberRole role, bool counts)
    {
        await using FellowRepository made = await FellowRepository.MakeAsync(role);
        ObjectId snapshot = ObjectId.Read(PackFixture.Noise(1, 32));
        await made.PutAsync(NoteCodec.Seal(made.Fellow, Forget(snapshot)));
        NoteList list = await new NoteStore(made.Repository).LoadAsync(Token);
        Assert.Equal(counts, list.IsForgotten(snapshot));
        Assert.Equal(counts ? 0 : 1, list.Powerless.Count);
        // Else whoever can add objects could stop every forget and prune.
        list.RequireWhole();
        CheckResult check = await CheckOperation.RunAsync(made.Repository, new CheckOptions(), new QuietCheck(), Token);
        Assert.Equal(counts ? 0 : 1, check.Findings.Count(finding => finding.Subject == CheckSubject.Note));
        Assert.False(check.HasDamage);
    }

    [Fact]
    public async Task Bytes_that_are_no_note_count_for_nothing_but_a_note_that_rotted_stops_whoever_takes_away()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        byte[] garbage = PackFixture.Noise(1, 500);
        await filled.PutAsync((new ObjectName(ObjectKind.Note, new ObjectId(Blake3.Hash(garbage))), garbage));
        ObjectId pin = await new NoteStore(repository).PutAsync(new Note(NoteType.Pinned, 1) { Pinned = [filled.First] }, Token);
        (await new NoteStore(repository).LoadAsync(Token)).RequireWhole();

        TamperedBackend store = new(filled.Backend);
        ObjectName name = new(ObjectKind.Note, pin);
        await using Repository tampered = await TestRepository.OpenAsync(store);
        byte[] rotten = await filled.ReadAsync(name);
        rotten[^1] ^= 1;
        store.Objects[name] = rotten;
        NoteList list = await new NoteStore(tampered).LoadAsync(Token);
        Assert.Equal([name], list.Findings.Select(finding => finding.Name));
        CorruptDataException exception = Assert.Throws<CorruptDataException>(list.RequireWhole);
        Assert.Contains(name.ToString(), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removed_in_order_is_no_finding_of_a_check_and_no_number_is_given_twice()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        ObjectId third = await filled.BackupAsync(repository);
        SnapshotList before = await new SnapshotStore(repository).LoadAsync(Token);
        Note note = new(NoteType.Forgotten, 1)
        {
            Forgotten = [.. before.Snapshots.Where(stored => stored.Id != filled.First)
                .Select(stored => new ForgottenSnapshot(stored.Id, stored.Snapshot.Writer, stored.Snapshot.Sequence))],
        };
        _ = await new NoteStore(repository).PutAsync(note, Token);
        // Their objects go too, as a prune would do.
        await filled.Backend.DeleteAsync(new ObjectName(ObjectKind.Snapshot, filled.Second), Token);
        await filled.Backend.DeleteAsync(new ObjectName(ObjectKind.Snapshot, third), Token);
        await filled.Backend.FlushAsync(Token);
        ObjectId fourth = await filled.BackupAsync(repository);
        SnapshotList after = await new SnapshotStore(repository).LoadAsync(Token);
        Snapshot newest = after.Find(fourth.ToString()).Snapshot;
        Assert.Equal(4UL, newest.Sequence);
        Assert.Equal([new KnownWriter(newest.Writer, 3, third)], newest.Known);
        CheckResult check = await CheckOperation.RunAsync(repository, new CheckOptions(), new QuietCheck(), Token);
        Assert.Empty(check.Findings);

        // Taken back, it ought to be there.
        ObjectId name = (await filled.ListAsync(ObjectKind.Note))[0].Id;
        _ = await new NoteStore(repository).PutAsync(Withdraw(name, third), Token);
        check = await CheckOperation.RunAsync(repository, new CheckOptions(), new QuietCheck(), Token);
        Assert.Contains(check.Findings, finding => finding.Subject == CheckSubject.History);
    }

    private static Note Forget(params ObjectId[] snapshots) => new(NoteType.Forgotten, 1)
    {
        Forgotten = [.. snapshots.Select(snapshot => new ForgottenSnapshot(snapshot, default, 1))],
    };

    private static Note Withdraw(ObjectId note, ObjectId snapshot)
        => new(NoteType.Withdrawn, 2) { Withdrawn = [new Withdrawal(note, snapshot)] };

    private sealed class QuietCheck : ICheckObserver
    {
        public void Started(CheckCounters counters)
        {
        }

        public void Found(CheckFinding finding)
        {
        }
    }
}
