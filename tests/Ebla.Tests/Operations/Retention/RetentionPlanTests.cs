using Ebla.Notes;
using Ebla.Operations;
using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;
using static Ebla.Tests.Operations.Retention.RetentionFixture;

namespace Ebla.Tests.Operations.Retention;

public sealed class RetentionPlanTests
{
    [Fact]
    public void Each_rule_keeps_what_it_says_and_says_why()
    {
        SnapshotList list = List(
            "2025-01-01T10:00:00Z", "2025-01-01T23:00:00Z", "2025-01-02T10:10:00Z", "2025-01-02T10:50:00Z", "2025-02-03T00:00:00Z");
        Assert.Equal([4, 5], Kept(list, new RetentionPolicy { KeepLast = 2 }));
        Assert.Equal([2, 4, 5], Kept(list, new RetentionPolicy { KeepHourly = 3 }));
        Assert.Equal([2, 4, 5], Kept(list, new RetentionPolicy { KeepDaily = RetentionPolicy.Unlimited }));
        Assert.Equal([4, 5], Kept(list, new RetentionPolicy { KeepWeekly = 5 }));
        Assert.Equal([4, 5], Kept(list, new RetentionPolicy { KeepMonthly = 2 }));
        Assert.Equal([5], Kept(list, new RetentionPolicy { KeepYearly = 5 }));
        Assert.Equal([3, 4, 5], Kept(list, new RetentionPolicy { KeepWithin = CalendarSpan.TryParse("1m1d") }));
        Assert.Equal([2, 4, 5], Kept(list, new RetentionPolicy { KeepWithinDaily = CalendarSpan.TryParse("40d") }));
        Assert.Equal([4, 5], Kept(list, new RetentionPolicy { KeepWithinDaily = CalendarSpan.TryParse("32d") }));
        IReadOnlyList<RetentionGroup> plan = Plan(list, new RetentionPolicy { KeepLast = 1, KeepMonthly = 2 });
        Assert.Equal(["last 1 of 1", "monthly 2025-02"], ReasonsOf(plan, 5));
        Assert.Equal(["monthly 2025-01"], ReasonsOf(plan, 4));
        Assert.Equal(["no rule keeps it"], ReasonsOf(plan, 3));
    }

    [Fact]
    public void Within_includes_the_very_second_and_counts_back_from_the_newest_not_from_now()
    {
        SnapshotList list = List("2001-01-01T00:00:00Z", "2001-01-01T00:00:01Z", "2001-01-08T00:00:01Z");
        Assert.Equal([2, 3], Kept(list, new RetentionPolicy { KeepWithin = CalendarSpan.TryParse("1w") }));
    }

    [Fact]
    public void Days_are_those_of_the_time_zone()
    {
        SnapshotList list = List("2025-06-01T21:59:00Z", "2025-06-01T22:01:00Z", "2025-06-02T21:59:00Z");
        RetentionPolicy policy = new() { KeepDaily = 9 };
        Assert.Equal([2, 3], Kept(list, policy));
        Assert.Equal([1, 3], Kept(list, policy, Terms("Europe/Berlin")));
    }

    [Fact]
    public void Tags_ids_and_pins_keep_and_the_newest_stays_unless_told_otherwise()
    {
        SnapshotList list = new([
            Stored(1, At("2025-01-01T00:00:00Z"), tags: ["a"]), Stored(2, At("2025-01-02T00:00:00Z"), tags: ["b"]),
            Stored(3, At("2025-01-03T00:00:00Z")), Stored(4, At("2025-01-04T00:00:00Z")), Stored(5, At("2025-01-05T00:00:00Z"))], []);
        RetentionTerms terms = Terms() with { KeepIds = new HashSet<ObjectId> { Id(3) }, IsPinned = id => id == Id(2) };
        RetentionPolicy policy = new() { KeepTags = ["a", "x"] };
        Assert.Equal([1, 2, 3, 5], Kept(list, policy, terms));
        Assert.Equal([1, 2, 3], Kept(list, policy, terms with { AllowsEmptyGroup = true }));
        IReadOnlyList<RetentionGroup> plan = Plan(list, policy, terms);
        Assert.Equal(
            ["tag a", "pinned", "id", "the newest of its group"],
            ((int[])[1, 2, 3, 5]).SelectMany(id => ReasonsOf(plan, id)));
    }

    [Fact]
    public void Groups_are_judged_by_themselves()
    {
        SnapshotList list = new([
            Stored(1, At("2025-01-01T00:00:00Z"), host: "a"), Stored(2, At("2025-01-02T00:00:00Z"), host: "a", path: "/q"),
            Stored(3, At("2025-01-03T00:00:00Z"), host: "b", tags: ["t"]), Stored(4, At("2025-01-04T00:00:00Z"), host: "b")], []);
        RetentionPolicy last = new() { KeepLast = 1 };
        Assert.Equal([1, 2, 4], Kept(list, last));
        Assert.Equal([2, 4], Kept(list, last with { Grouping = RetentionGrouping.Host }));
        Assert.Equal([2, 4], Kept(list, last with { Grouping = RetentionGrouping.Paths }));
        Assert.Equal([3, 4], Kept(list, last with { Grouping = RetentionGrouping.Tags }));
        Assert.Equal([4], Kept(list, last with { Grouping = RetentionGrouping.None }));
        RetentionTerms filtered = Terms() with { Filter = new SnapshotFilter { Hosts = [ByteName.FromText("b")] } };
        RetentionGroup group = Assert.Single(Plan(list, last, filtered));
        Assert.Equal(2, group.Verdicts.Count);
    }

    [Fact]
    public void The_order_of_paths_and_tags_makes_no_other_group_but_a_tag_cannot_pass_for_two()
    {
        StoredSnapshot first = Stored(1, At("2025-01-01T00:00:00Z"), tags: ["b", "a"]);
        StoredSnapshot second = Stored(2, At("2025-01-02T00:00:00Z"), tags: ["a", "b"]);
        StoredSnapshot third = Stored(3, At("2025-01-03T00:00:00Z"), tags: ["a/1:b"]);
        first = first with { Snapshot = first.Snapshot with { Paths = [ByteName.FromText("/x"), ByteName.FromText("/y")] } };
        second = second with { Snapshot = second.Snapshot with { Paths = [ByteName.FromText("/y"), ByteName.FromText("/x")] } };
        third = third with { Snapshot = third.Snapshot with { Paths = first.Snapshot.Paths } };
        RetentionPolicy policy = new()
        {
            KeepLast = 1,
            Grouping = RetentionGrouping.Host | RetentionGrouping.Paths | RetentionGrouping.Tags,
        };
        Assert.Equal([2, 3], Kept(new SnapshotList([first, second, third], []), policy));
    }

    [Fact]
    public void Partial_snapshots_go_first_and_take_no_place()
    {
        SnapshotList list = new([
            Stored(1, At("2025-01-01T00:00:00Z")),
            Stored(2, At("2025-01-02T00:00:00Z"), isPartial: true), Stored(3, At("2025-01-02T00:00:00Z"), isPartial: true, tags: ["t"]),
            Stored(4, At("2025-01-02T12:00:00Z")),
            Stored(5, At("2025-01-03T00:00:00Z"), isPartial: true), Stored(6, At("2025-01-03T00:00:00Z"), isPartial: true)], []);
        IReadOnlyList<RetentionGroup> plan = Plan(list, new RetentionPolicy { KeepLast = 2, KeepTags = ["t"] });
        Assert.Equal([1, 3, 4, 6], Kept(list, new RetentionPolicy { KeepLast = 2, KeepTags = ["t"] }));
        Assert.Equal(["partial, and a later one supersedes it"], ReasonsOf(plan, 2));
        Assert.Equal(["partial, and no later one supersedes it"], ReasonsOf(plan, 6));
        // With groups by tags one may stand alone: it is the last of its group.
        SnapshotList alone = new([list.Snapshots[2], list.Snapshots[3]], []);
        RetentionPolicy byTags = new() { KeepLast = 1, Grouping = RetentionGrouping.Tags };
        Assert.Equal([3, 4], Kept(alone, byTags));
        Assert.Equal([4], Kept(alone, byTags, Terms() with { AllowsEmptyGroup = true }));
    }

    [Fact]
    public void One_writers_flood_never_pushes_out_anothers()
    {
        List<StoredSnapshot> all = [.. Enumerable.Range(1, 7).Select(i => Stored(i, At($"2025-01-0{i}T00:00:00Z"), sequence: (ulong)i))];
        RetentionPolicy policy = new() { KeepLast = 2, KeepDaily = 5, KeepWithin = CalendarSpan.TryParse("3d") };
        HashSet<ObjectId> alone = KeptIds(Plan(new SnapshotList(all, []), policy));
        // Another member writes as the same host, of the same paths, before, between and after, and in the future.
        Random random = new(7);
        all.AddRange(Enumerable.Range(100, 500).Select(
            i => Stored(i, new UnixTime(random.NextInt64(0, 8_000_000_000), 0), writer: 2, sequence: (ulong)i)));
        IReadOnlyList<RetentionGroup> plan = Plan(new SnapshotList(all, []), policy);
        Assert.Equal(2, plan.Count);
        Assert.True(alone.IsSubsetOf(KeptIds(plan)));
        Assert.Equal(alone, KeptIds([.. plan.Where(group => group.Writer == Writer(1))]));
    }

    [Fact]
    public void What_is_dated_in_the_future_stays_takes_no_place_and_is_warned_of()
    {
        SnapshotList list = List(
            "2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z", "2025-01-03T00:00:00Z", "2025-01-04T00:00:00Z", "2030-01-01T00:00:00Z");
        RetentionTerms terms = Terms() with { Now = At("2025-01-03T06:00:00Z") };
        RetentionPolicy policy = new() { KeepLast = 1, KeepWithin = CalendarSpan.TryParse("1h"), KeepYearly = 1 };
        IReadOnlyList<RetentionGroup> plan = Plan(list, policy, terms);
        // The one of less than a day ahead is nobody's fault.
        Assert.Equal([4, 5], Kept(list, policy, terms));
        Assert.Equal(["dated in the future"], ReasonsOf(plan, 5));
        Assert.Contains("1 of 5 are dated more than a day after", Assert.Single(Assert.Single(plan).Warnings), StringComparison.Ordinal);
        // A clock of ours that stands at 1970 forgets nothing.
        Assert.Equal([1, 2, 3, 4, 5], Kept(list, policy, terms with { Now = default }));
    }

    [Fact]
    public void Times_that_go_back_while_numbers_rise_are_warned_of_but_not_in_copies()
    {
        List<StoredSnapshot> all = [.. Enumerable.Range(1, 5).Select(i => Stored(i, At($"2025-01-0{i}T12:00:00Z")))];
        RetentionPolicy policy = new() { KeepDaily = 5 };
        Assert.Empty(Assert.Single(Plan(new SnapshotList(all, []), policy)).Warnings);
        StoredSnapshot late = Stored(6, At("2025-01-02T23:59:59Z"));
        StoredSnapshot copy = late with { Snapshot = late.Snapshot with { Origin = new(default, default) } };
        Assert.Empty(Assert.Single(Plan(new SnapshotList([.. all, copy], []), policy)).Warnings);
        RetentionGroup group = Assert.Single(Plan(new SnapshotList([.. all, late], []), policy));
        Assert.Contains("1 of 6 bear an earlier time", Assert.Single(group.Warnings), StringComparison.Ordinal);
        // That is what it can do: the real one of that day goes.
        Assert.DoesNotContain(Id(2), KeptIds([group]));
    }
}
