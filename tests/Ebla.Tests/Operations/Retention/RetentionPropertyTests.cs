using Ebla.Notes;
using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;
using static Ebla.Tests.Operations.Retention.RetentionFixture;

namespace Ebla.Tests.Operations.Retention;

/// <summary>What holds for all snapshots and all policies; each failure names its seed.</summary>
public sealed class RetentionPropertyTests
{
    private const int SeedCount = 2000;

    private static readonly string[] Zones =
        ["UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"];

    [Fact]
    public void One_more_rule_never_forgets_more() => ForSeeds((random, list, policy, terms, seed) =>
    {
        HashSet<ObjectId> kept = KeptIds(Plan(list, policy, terms));
        RetentionPolicy more = Extend(policy, random);
        HashSet<ObjectId> keptMore = KeptIds(Plan(list, more, terms));
        Assert.True(kept.IsSubsetOf(keptMore), $"seed {seed}: {policy} keeps what {more} does not");
        ObjectId one = list.Snapshots[random.Next(list.Snapshots.Count)].Id;
        RetentionTerms withId = terms with { KeepIds = new HashSet<ObjectId>(terms.KeepIds) { one } };
        Assert.True(kept.IsSubsetOf(KeptIds(Plan(list, policy, withId))), $"seed {seed}: an id to keep");
    });

    [Fact]
    public void What_was_kept_is_kept_again() => ForSeeds((_, list, policy, terms, seed) =>
    {
        HashSet<ObjectId> kept = KeptIds(Plan(list, policy, terms));
        SnapshotList rest = new([.. list.Snapshots.Where(stored => kept.Contains(stored.Id))], []);
        Assert.True(kept.SetEquals(KeptIds(Plan(rest, policy, terms))), $"seed {seed}: {policy}");
    });

    [Fact]
    public void The_order_of_the_snapshots_does_not_matter() => ForSeeds((random, list, policy, terms, seed) =>
    {
        StoredSnapshot[] shuffled = [.. list.Snapshots];
        random.Shuffle(shuffled);
        string expected = TextOf(Plan(list, policy, terms));
        string actual = TextOf(Plan(new SnapshotList(shuffled, []), policy, terms));
        Assert.True(expected == actual, $"seed {seed}: {policy}\n{expected}\n{actual}");

        static string TextOf(IReadOnlyList<RetentionGroup> groups) => string.Join('\n', groups.SelectMany(group => group.Verdicts.Select(
            verdict => $"{group.Writer} {verdict.Stored.Id.ToShortString()} {verdict.IsKept} {string.Join(';', verdict.Reasons)}")));
    });

    [Fact]
    public void No_group_loses_its_newest_and_every_verdict_has_a_reason() => ForSeeds((_, list, policy, terms, seed) =>
    {
        foreach (RetentionGroup group in Plan(list, policy, terms with { AllowsEmptyGroup = false }))
        {
            Assert.True(group.KeptCount > 0, $"seed {seed}");
            RetentionVerdict? newest = group.Verdicts.LastOrDefault(verdict => !verdict.Stored.Snapshot.IsPartial);
            Assert.True(newest is null || newest.IsKept, $"seed {seed}");
            Assert.All(group.Verdicts, verdict => Assert.NotEmpty(verdict.Reasons));
        }
    });

    [Fact]
    public void Of_so_many_days_each_has_one_and_no_more_are_kept() => ForSeeds((random, list, _, terms, seed) =>
    {
        int count = random.Next(1, 8);
        LocalCalendar calendar = new(terms.Zone);
        foreach (RetentionGroup group in Plan(list, new RetentionPolicy { KeepDaily = count }, terms with { KeepIds = new HashSet<ObjectId>() }))
        {
            RetentionVerdict[] whole = [.. group.Verdicts.Where(verdict => !verdict.Stored.Snapshot.IsPartial
                && !verdict.Reasons.Contains("dated in the future"))];
            (long, long)[] days = [.. whole.Select(verdict => calendar.KeyOf(RetentionPeriod.Day, verdict.Stored.Snapshot.Time)).Distinct()];
            (long, long)[] kept = [.. whole.Where(verdict => verdict.Reasons.Any(reason => reason.StartsWith("daily", StringComparison.Ordinal)))
                .Select(verdict => calendar.KeyOf(RetentionPeriod.Day, verdict.Stored.Snapshot.Time))];
            Assert.True(days.TakeLast(count).SequenceEqual(kept), $"seed {seed}: {days.Length} days, {kept.Length} kept of {count}");
        }
    });

    private static void ForSeeds(Action<Random, SnapshotList, RetentionPolicy, RetentionTerms, int> test)
    {
        for (int seed = 1; seed <= SeedCount; seed++)
        {
            Random random = new(seed);
            RetentionTerms terms = Terms(Zones[random.Next(Zones.Length)]) with
            {
                Now = random.Next(4) == 0 ? At("2019-01-20T00:00:00Z") : Now,
                AllowsEmptyGroup = random.Next(3) == 0,
            };
            SnapshotList list = RandomList(random);
            RetentionPolicy policy = new();
            for (int rules = random.Next(1, 4); rules > 0; rules--)
            {
                policy = Extend(policy, random);
            }
            policy = policy with { Grouping = (RetentionGrouping)random.Next(8) };
            test(random, list, policy, terms, seed);
        }
    }

    // Around changes of the clock and of the year, many at the same second, some long before 1970.
    private static SnapshotList RandomList(Random random)
    {
        long around = random.Next(4) switch
        {
            0 => At("2019-02-17T02:00:00Z").Seconds,
            1 => At("2018-12-31T23:00:00Z").Seconds,
            2 => At("1968-10-27T01:00:00Z").Seconds,
            _ => At("2018-10-28T01:00:00Z").Seconds,
        };
        long width = random.Next(4) switch { 0 => 4 * 3600, 1 => 4 * 86_400, 2 => 60 * 86_400, _ => 3000L * 86_400 };
        string[] tags = ["a", "b"];
        return new SnapshotList(
        [
            .. Enumerable.Range(1, random.Next(1, 40)).Select(id => Stored(
                id, new UnixTime(around + random.NextInt64(-width, width) / 600 * 600, 0), random.Next(1, 3), $"h{random.Next(2)}",
                $"/p{random.Next(2)}", random.Next(5) == 0, (ulong)random.Next(1, 50), [.. tags.Where(_ => random.Next(3) == 0)])),
        ], []);
    }

    private static RetentionPolicy Extend(RetentionPolicy policy, Random random)
    {
        int count = random.Next(1, 6);
        CalendarSpan span = new(random.Next(2) * random.Next(30), random.Next(2) * random.Next(60), random.Next(1, 50));
        return random.Next(13) switch
        {
            0 => policy with { KeepLast = policy.KeepLast + count },
            1 => policy with { KeepHourly = policy.KeepHourly + count },
            2 => policy with { KeepDaily = policy.KeepDaily + count },
            3 => policy with { KeepWeekly = policy.KeepWeekly + count },
            4 => policy with { KeepMonthly = policy.KeepMonthly + count },
            5 => policy with { KeepYearly = policy.KeepYearly + count },
            6 => policy with { KeepWithin = policy.KeepWithin ?? span },
            7 => policy with { KeepWithinHourly = policy.KeepWithinHourly ?? span },
            8 => policy with { KeepWithinDaily = policy.KeepWithinDaily ?? span },
            9 => policy with { KeepWithinWeekly = policy.KeepWithinWeekly ?? span },
            10 => policy with { KeepWithinMonthly = policy.KeepWithinMonthly ?? span },
            11 => policy with { KeepWithinYearly = policy.KeepWithinYearly ?? span },
            _ => policy with { KeepTags = [.. policy.KeepTags, "a"] },
        };
    }
}
