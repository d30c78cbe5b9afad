using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Indexing;
using Ebla.Notes;
using Ebla.Operations.Prunes;
using Ebla.Operations.Retention;
using Ebla.Operations.Statistics;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Operations.Prunes;
using Xunit;

namespace Ebla.Tests.Operations.Statistics;

public sealed class AccountTests
{
    private const int Seeds = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_number_is_that_of_a_count_by_hand_and_the_shares_of_all_blobs_are_all_frames_to_the_byte()
    {
        int further = 0;
        int more = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            string when = $"seed {seed}";
            Random random = new(seed);
            await using PruneFixture fixture = await AccountFixture.MakeAsync(seed, random);
            await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
            SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
            ReferenceAccount reference = await ReferenceAccount.ReadAsync(repository);
            ObjectId[] chosen = AccountFixture.Choose(list.Snapshots, random);
            var grouping = (RetentionGrouping)random.Next(8);

            StatsResult stats = await StatsOperation.RunAsync(
                repository, new StatsOptions { Snapshots = [.. chosen.Select(id => id.ToString())], Grouping = grouping }, Token);

            Assert.Equal(reference.FramesInBytes, stats.FramesInBytes);
            BlobTotals[] parts = [stats.Referred, stats.OnlyForgotten, stats.Unreferred, stats.FurtherCopies];
            Assert.Equal(stats.FramesInBytes, parts.Sum(part => part.StoredInBytes));
            HashSet<ShortId> counted = reference.Below(list.Snapshots);
            HashSet<ShortId> forgotten = reference.Below(list.Forgotten);
            Expect(reference.Sum(counted), stats.Referred, when);
            Expect(reference.Sum(forgotten.Except(counted)), stats.OnlyForgotten, when);
            Expect(reference.Sum(reference.All.Except(counted).Except(forgotten)), stats.Unreferred, when);
            Expect(reference.FurtherCopies, stats.FurtherCopies, when);
            ExpectSplit(reference, list.Snapshots.Where(stored => chosen.Contains(stored.Id)), list.Snapshots, stats.Selection!.Unique,
                stats.Selection.Shared, when);
            Assert.Equal(list.Snapshots.Select(stored => stored.Id), stats.Snapshots.Select(snapshot => snapshot.Stored.Id));
            Assert.All(stats.Snapshots, one => ExpectSplit(reference, [one.Stored], list.Snapshots, one.Unique, one.Shared, when));
            Assert.Equal(list.Forgotten.Select(stored => stored.Id), stats.Forgotten.Select(snapshot => snapshot.Stored.Id));
            Assert.All(stats.Forgotten, one => ExpectSplit(reference, [one.Stored], list.Present, one.Unique, one.Shared, when));
            Assert.Equal(list.Snapshots.Count, stats.Groups.Sum(group => group.Snapshots));
            foreach (GroupStatistics group in stats.Groups)
            {
                StoredSnapshot[] members = [.. list.Snapshots.Where(stored => IsIn(stored, group))];
                Assert.Equal(group.Snapshots, members.Length);
                ExpectSplit(reference, members, list.Snapshots, group.Unique, group.Shared, when);
            }
            further += stats.FurtherCopies.Blobs > 0 ? 1 : 0;
            long alone = stats.Snapshots.Where(one => chosen.Contains(one.Stored.Id)).Sum(one => one.Unique.Blobs);
            more += stats.Selection.Unique.Blobs > alone ? 1 : 0;
        }
        Assert.Equal(Seeds, further);
        Assert.True(more > 1, "A set that holds more than each of its snapshots alone was tried too seldom.");
    }

    [Fact]
    public async Task What_a_forget_says_beforehand_is_what_the_statistics_say_and_what_a_prune_then_gives_back()
    {
        PruneOptions all = new() { UnusedShareMax = 0, SessionWait = TimeSpan.Zero };
        for (int seed = 101; seed <= 100 + Seeds; seed++)
        {
            string when = $"seed {seed}";
            Random random = new(seed);
            await using PruneFixture fixture = await AccountFixture.MakeAsync(seed, random);
            SnapshotList list = await LoadAsync(fixture.Backend);
            ObjectId[] chosen = AccountFixture.Choose(list.Snapshots, random);
            StatsResult before = await CountAsync(fixture.Backend, chosen);
            BlobTotals unique = before.Selection!.Unique;

            ForgetResult planned = await ForgetAsync(fixture.Backend, AccountFixture.OptionsFor(chosen) with { DryRun = true });
            ForgetResult done = await ForgetAsync(fixture.Backend, AccountFixture.OptionsFor(chosen));

            foreach (SelectionStatistics account in new[] { planned.Account!, done.Account! })
            {
                Assert.Equal(list.Snapshots.Select(stored => stored.Id).Where(chosen.Contains), account.Snapshots.Select(stored => stored.Id));
                Expect(unique, account.Unique, when);
                Expect(before.Selection.Shared, account.Shared, when);
            }
            StatsResult forgotten = await CountAsync(fixture.Backend);
            Expect(before.Referred.Less(unique), forgotten.Referred, when);
            Expect(before.OnlyForgotten.And(unique), forgotten.OnlyForgotten, when);
            Assert.Equal(before.PlaintextInBytes, forgotten.PlaintextInBytes);

            _ = await PruneFixture.PruneAsync(fixture.Backend, all);

            StatsResult after = await CountAsync(fixture.Backend);
            Assert.Equal(
                unique.PlaintextInBytes + before.OnlyForgotten.PlaintextInBytes + before.Unreferred.PlaintextInBytes,
                before.PlaintextInBytes - after.PlaintextInBytes);
            Assert.Equal(unique.PlaintextInBytes, before.Referred.PlaintextInBytes - after.Referred.PlaintextInBytes);
            Assert.Equal(unique.Blobs, before.Referred.Blobs - after.Referred.Blobs);
            Assert.True((after.OnlyForgotten, after.Unreferred, after.FurtherCopies) == default, $"{when}: something was left");
            Assert.Empty(after.Forgotten);
            Assert.True(unique.PlaintextInBytes > 0, $"{when}: tries nothing");
        }
    }

    [Fact]
    public async Task A_forget_that_is_not_asked_for_bytes_reads_nothing_of_the_catalog()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(2);
        await LoseAsync(fixture.Backend, _ => true, ObjectKind.Index, ObjectKind.Pack);
        ForgetOptions options = AccountFixture.OptionsFor([fixture.Snapshots[0]]) with { CountsBytes = false };
        ForgetResult result = await ForgetAsync(fixture.Backend, options);
        Assert.Single(result.Forgotten);
        Assert.Null(result.Account);
    }

    [Fact]
    public async Task Links_to_what_is_lost_stop_no_count()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(4);
        Random random = new(3);
        long frames = (await CountAsync(fixture.Backend)).FramesInBytes;
        await LoseAsync(fixture.Backend, _ => random.Next(3) == 0, ObjectKind.Pack);
        StatsResult stats = await CountAsync(fixture.Backend, fixture.Snapshots[1]);
        Assert.InRange(stats.FramesInBytes, 1, frames - 1);
        Assert.Equal(stats.FramesInBytes, stats.Referred.StoredInBytes + stats.Unreferred.StoredInBytes);
        Assert.All(stats.Snapshots, one => Assert.True(one.Shared.Blobs >= 0 && one.Shared.PlaintextInBytes >= 0));
    }

    [Fact]
    public async Task A_tree_blob_is_gone_through_three_times_at_most_however_many_snapshots_there_are()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(1);
        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
        for (int folder = 0; folder < 40; folder++)
        {
            string unchanged = Directory.CreateDirectory(Path.Combine(fixture.Folder, $"unchanged{folder}")).FullName;
            await File.WriteAllTextAsync(Path.Combine(unchanged, "file"), $"{folder}", Token);
        }
        for (int round = 1; round < 25; round++)
        {
            string changed = Path.Combine(fixture.Folder, "d1", "f1");
            await File.WriteAllTextAsync(changed, $"{round}", Token);
            _ = await fixture.BackupAsync(repository);
        }
        SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
        LoadedCatalog catalog = await repository.CreateCatalogLoader().LoadForPruningAsync(Token);
        using BlobIndex index = catalog.Index;
        Func<string> newPath = repository.Cache.NewSessionPath;
        using CountedCopies copies = new(catalog, newPath, Token);
        long trees = Enumerable.Range(0, (int)copies.EntryCount).Count(ordinal => copies.Get(ordinal).Row.Kind == FrameKind.Tree);
        using BlobOwners owners = new(copies, [0, .. Enumerable.Range(1, 25).Select(member => 1 + member % 2)], 0, newPath);
        using ReferredSizes sizes = new(copies, newPath);
        using ReferredSizes ofOne = new(copies, newPath);
        _ = ofOne.MoveTo(list.Snapshots[^1].Snapshot.Root, Token);
        for (int member = 1; member <= 25; member++)
        {
            owners.Visit(list.Snapshots[member - 1].Snapshot.Root, member, Token);
            _ = sizes.MoveTo(list.Snapshots[member - 1].Snapshot.Root, Token);
        }
        Assert.InRange(owners.TreesVisited, trees, 3 * trees);
        Assert.InRange(sizes.TreesVisited, trees, 2 * trees);
        Assert.True(25 * ofOne.TreesVisited > 3 * trees, "Going through each snapshot whole would be no more.");
    }

    // What the snapshots hold that no other of these does, and what else they hold.
    private static void ExpectSplit(
        ReferenceAccount reference, IEnumerable<StoredSnapshot> snapshots, IEnumerable<StoredSnapshot> among, BlobTotals unique, BlobTotals shared,
        string when)
    {
        StoredSnapshot[] these = [.. snapshots];
        HashSet<ShortId> held = reference.Below(these);
        HashSet<ShortId> others = reference.Below(among.ExceptBy(these.Select(stored => stored.Id), stored => stored.Id));
        Expect(reference.Sum(held.Except(others)), unique, when);
        Expect(reference.Sum(held.Intersect(others)), shared, when);
    }

    private static void Expect(BlobTotals expected, BlobTotals actual, string when)
        => Assert.True(expected == actual, $"{when}: {expected}, not {actual}");

    private static async Task LoseAsync(MemoryBackend backend, Func<ObjectName, bool> isLost, params ObjectKind[] kinds)
    {
        List<ObjectName> names = [];
        foreach (ObjectKind kind in kinds)
        {
            await foreach (ObjectInfo info in backend.ListAsync(kind, Token))
            {
                names.Add(info.Name);
            }
        }
        foreach (ObjectName name in names.OrderBy(name => name.Id).Where(isLost))
        {
            await backend.DeleteAsync(name, Token);
        }
        await backend.FlushAsync(Token);
    }

    private static bool IsIn(StoredSnapshot stored, GroupStatistics group)
        => (group.Host is not { } host || host == stored.Snapshot.Host)
            && (group.Paths is not { } paths || paths.SequenceEqual(stored.Snapshot.Paths.Order()))
            && (group.Tags is not { } tags || tags.SequenceEqual(stored.Snapshot.Tags.Order(StringComparer.Ordinal)));

    private static async Task<SnapshotList> LoadAsync(MemoryBackend backend)
    {
        await using Repository repository = await TestRepository.OpenAsync(backend);
        return await new SnapshotStore(repository).LoadAsync(Token);
    }

    private static async Task<StatsResult> CountAsync(MemoryBackend backend, params ObjectId[] chosen)
    {
        await using Repository repository = await TestRepository.OpenAsync(backend);
        return await StatsOperation.RunAsync(repository, new StatsOptions { Snapshots = [.. chosen.Select(id => id.ToString())] }, Token);
    }

    private static async Task<ForgetResult> ForgetAsync(MemoryBackend backend, ForgetOptions options)
    {
        await using Repository repository = await TestRepository.OpenAsync(backend);
        return await ForgetOperation.RunAsync(repository, options, Token);
    }
}
