using Ebla.Notes;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Retention;

/// <summary>
/// Judges snapshots by a policy. Pure: the same snapshots, in any order, get the same verdicts; one more rule never lets more go; and of what
/// stays, nothing goes when it is judged again (docs/forgetting.md, "How the rules work").
/// </summary>
internal sealed class RetentionPlan
{
    private static readonly (string Name, RetentionPeriod Period)[] Periods =
    [
        ("hourly", RetentionPeriod.Hour), ("daily", RetentionPeriod.Day), ("weekly", RetentionPeriod.Week),
        ("monthly", RetentionPeriod.Month), ("yearly", RetentionPeriod.Year),
    ];

    // A clock that is wrong by less is nobody's fault; more would let one snapshot of the future stand for a day of real ones.
    private const long FutureSeconds = 24 * 3600;

    private readonly RetentionPolicy _policy;
    private readonly RetentionTerms _terms;
    private readonly LocalCalendar _calendar;
    private readonly HashSet<StoredSnapshot> _superseded;

    private RetentionPlan(SnapshotList snapshots, RetentionPolicy policy, RetentionTerms terms)
    {
        _policy = policy;
        _terms = terms;
        _calendar = new LocalCalendar(terms.Zone);
        _superseded = new HashSet<StoredSnapshot>(snapshots.Snapshots, ReferenceEqualityComparer.Instance);
        // Several machines with one key may give a number twice: their order must not depend on that of the list.
        SnapshotList sorted = snapshots with { Snapshots = [.. snapshots.Snapshots.OrderBy(stored => stored.Id)] };
        _superseded.ExceptWith(sorted.WithoutSuperseded());
    }

    /// <summary>The verdicts on those snapshots of a list that the terms mean, in groups sorted by writer, host, paths, tags.</summary>
    public static IReadOnlyList<RetentionGroup> Make(SnapshotList snapshots, RetentionPolicy policy, RetentionTerms terms)
    {
        RetentionPlan plan = new(snapshots, policy, terms);
        return
        [
            .. snapshots.Snapshots
                .Where(stored => terms.Filter.Matches(stored.Snapshot))
                .GroupBy(stored => RetentionGroupKey.Of(stored, policy.Grouping))
                .OrderBy(group => group.Key)
                .Select(group => plan.Judge(group.Key, [.. group])),
        ];
    }

    private RetentionGroup Judge(RetentionGroupKey key, List<StoredSnapshot> members)
    {
        members.Sort(CompareByAge);
        Dictionary<ObjectId, List<string>> reasons = members.ToDictionary(stored => stored.Id, _ => new List<string>());
        // A partial snapshot never takes the place of a whole one, nor one from the future that of a real one.
        StoredSnapshot[] ranked = [.. members.Where(stored => !stored.Snapshot.IsPartial && !IsOfFuture(stored)).Reverse()];
        KeepLast(ranked, reasons);
        for (int i = 0; i < Periods.Length; i++)
        {
            (string name, RetentionPeriod period) = Periods[i];
            KeepPeriods(ranked, name, period, _policy.Counts[i + 1], reasons);
            if (ranked.Length > 0 && _policy.Spans[i + 1] is { } span)
            {
                UnixTime from = _calendar.Before(ranked[0].Snapshot.Time, span);
                KeepPeriods(
                    [.. ranked.TakeWhile(stored => stored.Snapshot.Time.CompareTo(from) >= 0)], $"{name} within {span}", period,
                    RetentionPolicy.Unlimited, reasons);
            }
        }
        KeepWithin(ranked, reasons);
        foreach (StoredSnapshot stored in members)
        {
            reasons[stored.Id].AddRange(OwnReasons(stored));
        }
        if (!_terms.AllowsEmptyGroup && (ranked.FirstOrDefault() ?? members[^1]) is { } newest && reasons[newest.Id].Count == 0)
        {
            reasons[newest.Id].Add("the newest of its group");
        }
        RetentionVerdict[] verdicts = [.. members.Select(stored => Verdict(stored, reasons[stored.Id]))];
        return new RetentionGroup(key.Writer, key.Host, key.Paths, key.Tags, verdicts)
        {
            Warnings = [.. Warn(members, ranked)],
        };
    }


    private void KeepLast(StoredSnapshot[] ranked, Dictionary<ObjectId, List<string>> reasons)
    {
        for (int i = 0; i < ranked.Length && i < _policy.KeepLast; i++)
        {
            reasons[ranked[i].Id].Add(_policy.KeepLast == RetentionPolicy.Unlimited ? "last" : $"last {i + 1} of {_policy.KeepLast}");
        }
    }

    private void KeepWithin(StoredSnapshot[] ranked, Dictionary<ObjectId, List<string>> reasons)
    {
        if (ranked.Length > 0 && _policy.KeepWithin is { } span)
        {
            UnixTime from = _calendar.Before(ranked[0].Snapshot.Time, span);
            foreach (StoredSnapshot stored in ranked.TakeWhile(stored => stored.Snapshot.Time.CompareTo(from) >= 0))
            {
                reasons[stored.Id].Add($"within {span}");
            }
        }
    }

    // Newest first, so the first that is met of a period is its last. A period may be met in pieces, where a clock was put back over midnight.
    private void KeepPeriods(
        StoredSnapshot[] ranked, string name, RetentionPeriod period, int countMax, Dictionary<ObjectId, List<string>> reasons)
    {
        HashSet<(long, long)> kept = [];
        foreach (StoredSnapshot stored in ranked)
        {
            if (kept.Count >= countMax)
            {
                return;
            }
            if (kept.Add(_calendar.KeyOf(period, stored.Snapshot.Time)))
            {
                reasons[stored.Id].Add($"{name} {_calendar.NameOf(period, stored.Snapshot.Time)}");
            }
        }
    }

    // What keeps a snapshot whatever the others are.
    private IEnumerable<string> OwnReasons(StoredSnapshot stored)
    {
        foreach (string tag in _policy.KeepTags.Where(stored.Snapshot.Tags.Contains))
        {
            yield return $"tag {tag}";
        }
        if (_terms.KeepIds.Contains(stored.Id))
        {
            yield return "id";
        }
        if (_terms.IsPinned(stored.Id))
        {
            yield return "pinned";
        }
        if (stored.Snapshot.IsPartial && !_superseded.Contains(stored))
        {
            yield return "partial, and no later one supersedes it";
        }
        else if (!stored.Snapshot.IsPartial && IsOfFuture(stored))
        {
            yield return "dated in the future";
        }
    }

    private static RetentionVerdict Verdict(StoredSnapshot stored, List<string> reasons) => reasons.Count > 0
        ? new RetentionVerdict(stored, true, reasons)
        : new RetentionVerdict(stored, false, [stored.Snapshot.IsPartial ? "partial, and a later one supersedes it" : "no rule keeps it"]);

    private IEnumerable<string> Warn(List<StoredSnapshot> members, StoredSnapshot[] ranked)
    {
        int future = members.Count(IsOfFuture);
        if (future > 0)
        {
            yield return $"{future} of {members.Count} are dated more than a day after this machine's clock. They stay, and take no "
                + "other's place. If the clock here is right, look where they come from; ebla forget ID removes them.";
        }
        // Numbers rise, so times do, as long as clocks are right. Copies bear the times of where they come from.
        int backdated = 0;
        UnixTime latest = new(long.MinValue, 0);
        foreach (StoredSnapshot stored in ranked.OrderBy(stored => stored.Snapshot.Sequence).ThenBy(stored => stored.Snapshot.Time))
        {
            UnixTime time = stored.Snapshot.Time;
            bool isBackdated = stored.Snapshot.Origin is null && latest.Seconds > long.MinValue + FutureSeconds
                && time.Seconds < latest.Seconds - FutureSeconds;
            backdated += isBackdated ? 1 : 0;
            latest = time.CompareTo(latest) > 0 ? time : latest;
        }
        if (backdated > 0)
        {
            yield return $"{backdated} of {members.Count} bear an earlier time than snapshots that were made before them. A clock was wrong, "
                + "or they were made so on purpose: to be the last of their day and push out the real one.";
        }
    }

    private bool IsOfFuture(StoredSnapshot stored)
        => _terms.Now.Seconds < long.MaxValue - FutureSeconds && stored.Snapshot.Time.Seconds > _terms.Now.Seconds + FutureSeconds;

    private static int CompareByAge(StoredSnapshot left, StoredSnapshot right)
    {
        int order = left.Snapshot.Time.CompareTo(right.Snapshot.Time);
        order = order != 0 ? order : left.Snapshot.Sequence.CompareTo(right.Snapshot.Sequence);
        return order != 0 ? order : left.Id.CompareTo(right.Id);
    }
}
