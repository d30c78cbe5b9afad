using Ebla.Keys;
using Ebla.Notes;
using Ebla.Operations.Backups;
using Ebla.Operations.Checks;
using Ebla.Operations.Retention;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Notes;
using Xunit;
using static Ebla.Tests.Operations.Retention.RetentionFixture;

namespace Ebla.Tests.Operations.Retention;

public sealed class ForgetTests
{
    private static readonly RetentionPolicy LastOne = new() { KeepLast = 1 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_no_rule_keeps_is_forgotten_by_one_note_and_comes_back_when_undeleted()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        ObjectId third = await filled.BackupAsync(repository);

        ForgetResult dry = await ForgetOperation.RunAsync(repository, new ForgetOptions { Policy = LastOne, DryRun = true }, Token);
        Assert.Equal([filled.First, filled.Second], dry.Forgotten.Select(stored => stored.Id));
        Assert.Empty(await filled.ListAsync(ObjectKind.Note));

        ForgetResult result = await ForgetOperation.RunAsync(repository, new ForgetOptions { Policy = LastOne }, Token);
        Assert.Equal(dry.Forgotten.Select(stored => stored.Id), result.Forgotten.Select(stored => stored.Id));
        Assert.Equal([new ObjectName(ObjectKind.Note, result.Note!.Value)], await filled.ListAsync(ObjectKind.Note));
        Assert.Equal([third], await CountingAsync(repository));

        ForgetResult again = await ForgetOperation.RunAsync(repository, new ForgetOptions { Policy = LastOne }, Token);
        Assert.Empty(again.Forgotten);
        Assert.Null(again.Note);

        IReadOnlyList<StoredSnapshot> back = await UndeleteOperation.RunAsync(
            repository, [filled.First.ToString(), third.ToString()], Token);
        Assert.Equal([filled.First], back.Select(stored => stored.Id));
        Assert.Equal(new[] { filled.First, third }.Order(), (await CountingAsync(repository)).Order());
        Assert.Empty(await filled.ListAsync(ObjectKind.Session));
    }

    [Fact]
    public async Task The_next_backup_goes_by_a_snapshot_that_counts()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        _ = await ForgetOperation.RunAsync(
            repository, new ForgetOptions { Snapshots = ["latest", filled.First.ToString()], AllowsEmptyGroup = true }, Token);
        Assert.Empty(await CountingAsync(repository));
        BackupResult result = await BackupOperation.RunAsync(
            repository, new BackupOptions { Paths = [ByteName.FromText(filled.Folder)] }, new RecordingObserver(), Token);
        Assert.Equal(0, result.FilesUnmodified);
        Assert.Equal(13, result.FilesNew);
    }

    [Fact]
    public async Task A_pinned_snapshot_stays_whatever_is_asked_until_it_is_unpinned()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        string first = filled.First.ToString();
        Assert.Single(await PinOperation.PinAsync(repository, [first], Token));
        Assert.Empty(await PinOperation.PinAsync(repository, [first], Token));
        Assert.Empty((await ForgetOperation.RunAsync(repository, new ForgetOptions { Policy = LastOne }, Token)).Forgotten);
        RetentionException exception = await Assert.ThrowsAsync<RetentionException>(
            () => ForgetOperation.RunAsync(repository, new ForgetOptions { Snapshots = [first] }, Token));
        Assert.Contains("ebla unpin", exception.Message, StringComparison.Ordinal);
        Assert.Single(await PinOperation.UnpinAsync(repository, [first], Token));
        Assert.Single((await ForgetOperation.RunAsync(repository, new ForgetOptions { Policy = LastOne }, Token)).Forgotten);
    }

    [Fact]
    public async Task The_last_of_a_group_is_not_forgotten_by_name_without_being_told_to()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        ForgetOptions both = new() { Snapshots = [filled.First.ToString(), filled.Second.ToString()] };
        RetentionException exception = await Assert.ThrowsAsync<RetentionException>(
            () => ForgetOperation.RunAsync(repository, both, Token));
        Assert.Contains("--allow-empty-group", exception.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await CountingAsync(repository)).Count);
        Assert.Equal(2, (await ForgetOperation.RunAsync(repository, both with { AllowsEmptyGroup = true }, Token)).Forgotten.Count);
    }

    [Fact]
    public async Task Undelete_comes_too_late_where_a_prune_has_named_the_snapshot_and_brings_back_nothing_then()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        ObjectId third = await filled.BackupAsync(repository);
        _ = await ForgetOperation.RunAsync(repository, new ForgetOptions { Policy = LastOne }, Token);
        await filled.PutAsync(CondemnedCodec.Seal(repository.Keys, [], [filled.First]));

        string[] both = [filled.First.ToString(), filled.Second.ToString()];
        RetentionException exception = await Assert.ThrowsAsync<RetentionException>(
            () => UndeleteOperation.RunAsync(repository, both, Token));
        Assert.Contains("too late", exception.Message, StringComparison.Ordinal);
        Assert.Equal([third], await CountingAsync(repository));
        SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
        Assert.Equal([filled.Second], (await UndeleteOperation.ListAsync(repository, list, Token)).Select(stored => stored.Id));

        await filled.Backend.DeleteAsync(new ObjectName(ObjectKind.Snapshot, filled.First), Token);
        await filled.Backend.FlushAsync(Token);
        SnapshotNotFoundException gone = await Assert.ThrowsAsync<SnapshotNotFoundException>(
            () => UndeleteOperation.RunAsync(repository, [filled.First.ToString()], Token));
        Assert.Contains("too late", gone.Message, StringComparison.Ordinal);
        Assert.Single(await UndeleteOperation.RunAsync(repository, [filled.Second.ToString()], Token));
        Assert.Empty(await filled.ListAsync(ObjectKind.Session));
        CheckResult check = await CheckOperation.RunAsync(repository, new CheckOptions(), new QuietCheck(), Token);
        Assert.Empty(check.Findings);
    }

    [Fact]
    public async Task The_policy_of_the_repository_is_used_replaced_and_taken_away()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        Assert.Null(await PolicyOperation.ReadAsync(repository, Token));
        _ = await Assert.ThrowsAsync<RetentionException>(() => ForgetOperation.RunAsync(repository, new ForgetOptions(), Token));
        RetentionPolicy policy = new()
        {
            KeepLast = 5,
            KeepWithinWeekly = new CalendarSpan(1, 2, 3),
            KeepTags = ["a"],
            Grouping = RetentionGrouping.None,
            TimeZone = "Asia/Kathmandu",
        };
        await PolicyOperation.WriteAsync(repository, policy, Token);
        RetentionPolicy read = (await PolicyOperation.ReadAsync(repository, Token))!;
        Assert.Equal(policy, read with { KeepTags = policy.KeepTags });
        Assert.Equal(policy.KeepTags, read.KeepTags);
        await PolicyOperation.WriteAsync(repository, LastOne, Token);
        ForgetResult result = await ForgetOperation.RunAsync(repository, new ForgetOptions { DryRun = true }, Token);
        Assert.Equal([filled.First], result.Forgotten.Select(stored => stored.Id));
        await PolicyOperation.WriteAsync(repository, policy with { TimeZone = "Atlantis/Poseidonis" }, Token);
        RetentionException exception = await Assert.ThrowsAsync<RetentionException>(
            () => ForgetOperation.RunAsync(repository, new ForgetOptions(), Token));
        Assert.Contains("Atlantis/Poseidonis", exception.Message, StringComparison.Ordinal);
        await PolicyOperation.WriteAsync(repository, null, Token);
        Assert.Null(await PolicyOperation.ReadAsync(repository, Token));
    }

    [Theory]
    [InlineData("a20105" + "1001")] // a rule 16
    [InlineData("a20105" + "186401")] // a rule 100: elsewhere it might be passed over
    public async Task A_policy_with_a_rule_of_a_later_version_is_refused_and_not_half_obeyed(string body)
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        _ = await new NoteStore(repository).PutAsync(new Note(NoteType.Policy, 1) { Policy = Convert.FromHexString(body) }, Token);
        _ = await Assert.ThrowsAsync<UnsupportedFormatException>(
            () => ForgetOperation.RunAsync(repository, new ForgetOptions(), Token));
        // Rules that are given do not depend on it.
        Assert.Single((await ForgetOperation.RunAsync(repository, new ForgetOptions { Policy = LastOne }, Token)).Forgotten);
    }

    [Theory]
    [InlineData("a10100")] // keeps none
    [InlineData("a1011a80000000")] // too many
    [InlineData("a10783000000")] // a span without a length
    [InlineData("a107820001")]
    [InlineData("a10e08")] // another group
    [InlineData("a10d80ff")]
    public void A_policy_of_another_shape_is_refused(string body)
        => _ = Assert.Throws<CorruptDataException>(() => RetentionPolicyCodec.Decode(Convert.FromHexString(body)));

    [Fact]
    public async Task A_note_that_rotted_stops_a_forget()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        ObjectName name;
        await using (Repository repository = await TestRepository.OpenAsync(filled.Backend))
        {
            _ = await PinOperation.PinAsync(repository, [filled.First.ToString()], Token);
            name = (await filled.ListAsync(ObjectKind.Note))[0];
        }
        TamperedBackend store = new(filled.Backend);
        byte[] rotten = await filled.ReadAsync(name);
        rotten[100] ^= 4;
        store.Objects[name] = rotten;
        await using Repository tampered = await TestRepository.OpenAsync(store);
        CorruptDataException exception = await Assert.ThrowsAsync<CorruptDataException>(
            () => ForgetOperation.RunAsync(tampered, new ForgetOptions { Policy = LastOne, DryRun = true }, Token));
        Assert.Contains("Run ebla check", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_undelete_does_not_claim_success_where_a_prune_condemns_the_snapshot_meanwhile()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        CondemningBackend store = new(filled.Backend);
        await using Repository repository = await TestRepository.OpenAsync(store);
        _ = await ForgetOperation.RunAsync(repository, new ForgetOptions { Policy = LastOne }, Token);
        store.OnNextNote = CondemnedCodec.Seal(repository.Keys, [], [filled.First]);
        RetentionException exception = await Assert.ThrowsAsync<RetentionException>(
            () => UndeleteOperation.RunAsync(repository, [filled.First.ToString()], Token));
        Assert.Contains("at the same moment", exception.Message, StringComparison.Ordinal);
        Assert.Empty(await filled.ListAsync(ObjectKind.Session));
    }

    [Fact]
    public void A_forget_that_takes_nearly_all_of_a_group_is_objected_to_unless_it_is_usual()
    {
        SnapshotList list = new([.. Enumerable.Range(1, 100).Select(i => Stored(i, new UnixTime(1000 * i, 0)))], []);
        IReadOnlyList<RetentionGroup> plan = Plan(list, new RetentionPolicy { KeepLast = 5 });
        Assert.Contains("95 of 100 would go", Objection(plan, list), StringComparison.Ordinal);
        Assert.Null(Objection(Plan(list, new RetentionPolicy { KeepLast = 10 }), list));
        Assert.Null(Objection(plan, list, Forget(1, forgotten: 90, remaining: 90)));
        SnapshotList small = new([.. list.Snapshots.Take(20)], []);
        Assert.Null(Objection(Plan(small, new RetentionPolicy { KeepLast = 1 }), small));
    }

    [Fact]
    public void A_flood_since_the_last_forget_is_objected_to_whatever_times_it_bears()
    {
        SnapshotList list = new([.. Enumerable.Range(1, 60).Select(i => Stored(i, new UnixTime(1000 * i, 0)))], []);
        IReadOnlyList<RetentionGroup> plan = Plan(list, new RetentionPolicy { KeepLast = 30 });
        Assert.Null(Objection(plan, list));
        Note[] calm = [Forget(1, forgotten: 4, remaining: 30), Forget(2, forgotten: 4, remaining: 30), Forget(3, forgotten: 3, remaining: 30)];
        Assert.Contains("30 snapshots came since the last forget, and at most 4", Objection(plan, list, calm), StringComparison.Ordinal);
        Note[] busy = [Forget(1, forgotten: 9, remaining: 30), Forget(2, forgotten: 9, remaining: 30)];
        Assert.Null(Objection(plan, list, busy));
        // Counted for each writer: another's notes say nothing of this one.
        Note[] other = [.. calm.Select(note => note with { Remaining = [new RemainingCount(Writer(2), 30)] })];
        Assert.Null(Objection(plan, list, other));
    }

    [Fact]
    public async Task A_confirmed_forget_teaches_what_is_usual()
    {
        await using FellowRepository made = await FellowRepository.MakeAsync(MemberRole.Writer);
        await made.PutManyAsync(made.Fellow, 1, 50);
        ForgetOptions options = new() { Policy = LastOne };
        ForgetResult refused = await ForgetOperation.RunAsync(made.Repository, options, Token);
        Assert.True(refused.HasObjections);
        Assert.Empty(refused.Forgotten);
        Assert.Equal(50, (await CountingAsync(made.Repository)).Count);
        Assert.Equal(49, (await ForgetOperation.RunAsync(made.Repository, options with { IsConfirmed = true }, Token)).Forgotten.Count);
        await made.PutManyAsync(made.Fellow, 51, 40);
        // 40 came, and how many are usual is not known yet.
        Assert.True((await ForgetOperation.RunAsync(made.Repository, options, Token)).HasObjections);
        Assert.Equal(40, (await ForgetOperation.RunAsync(made.Repository, options with { IsConfirmed = true }, Token)).Forgotten.Count);
        await made.PutManyAsync(made.Fellow, 91, 60);
        ForgetResult usual = await ForgetOperation.RunAsync(made.Repository, options, Token);
        Assert.False(usual.HasObjections);
        Assert.Equal(60, usual.Forgotten.Count);
    }

    [Fact]
    public async Task A_stolen_client_floods_and_the_owners_snapshots_stay()
    {
        await using FellowRepository made = await FellowRepository.MakeAsync(MemberRole.Writer);
        await made.PutManyAsync(made.Repository.Keys, 1, 5);
        HashSet<ObjectId> real = [.. await CountingAsync(made.Repository)];
        await made.PutManyAsync(made.Fellow, 1, 200);
        // What it signs about snapshots counts for nothing.
        Note forged = new(NoteType.Forgotten, 1) { Forgotten = [.. real.Select(id => new ForgottenSnapshot(id, Writer(1), 1))] };
        await made.PutAsync(NoteCodec.Seal(made.Fellow, forged));
        ForgetOptions options = new() { Policy = new RetentionPolicy { KeepLast = 5, KeepDaily = 3 }, IsConfirmed = true };
        ForgetResult result = await ForgetOperation.RunAsync(made.Repository, options, Token);
        Assert.NotEmpty(result.Forgotten);
        Assert.Subset(new HashSet<ObjectId>(await CountingAsync(made.Repository)), real);
    }

    private static string? Objection(IReadOnlyList<RetentionGroup> plan, SnapshotList list, params Note[] forgets)
        => Assert.Single(ForgetCaution.Examine(plan, list.Snapshots, forgets)).Objection;

    private static Note Forget(ulong number, int forgotten, ulong remaining) => new(NoteType.Forgotten, number)
    {
        Forgotten = [.. Enumerable.Range(0, forgotten).Select(i => new ForgottenSnapshot(Id(10_000 + i), Writer(1), 1))],
        Remaining = [new RemainingCount(Writer(1), remaining)],
    };

    private static async Task<IReadOnlyList<ObjectId>> CountingAsync(Repository repository)
        => [.. (await new SnapshotStore(repository).LoadAsync(Token)).Snapshots.Select(stored => stored.Id)];

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
