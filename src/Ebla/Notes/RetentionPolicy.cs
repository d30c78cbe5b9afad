namespace Ebla.Notes;

/// <summary>
/// Which snapshots of a group are kept: all that at least one rule keeps. Counts: 0 for no such rule, <see cref="Unlimited"/> for all.
/// </summary>
public sealed record RetentionPolicy
{
    /// <summary>A count without an end.</summary>
    public const int Unlimited = int.MaxValue;

    /// <summary>Keep the last so many.</summary>
    public int KeepLast { get; init; }

    /// <summary>Keep the last of each hour, of so many hours that have any.</summary>
    public int KeepHourly { get; init; }

    /// <summary>The same for days.</summary>
    public int KeepDaily { get; init; }

    /// <summary>The same for weeks, which begin on Monday.</summary>
    public int KeepWeekly { get; init; }

    /// <summary>The same for months.</summary>
    public int KeepMonthly { get; init; }

    /// <summary>The same for years.</summary>
    public int KeepYearly { get; init; }

    /// <summary>Keep all that are at most so much older than the newest of the group.</summary>
    public CalendarSpan? KeepWithin { get; init; }

    /// <summary>Of those that are at most so much older than the newest, keep the last of each hour.</summary>
    public CalendarSpan? KeepWithinHourly { get; init; }

    /// <summary>The same for days.</summary>
    public CalendarSpan? KeepWithinDaily { get; init; }

    /// <summary>The same for weeks.</summary>
    public CalendarSpan? KeepWithinWeekly { get; init; }

    /// <summary>The same for months.</summary>
    public CalendarSpan? KeepWithinMonthly { get; init; }

    /// <summary>The same for years.</summary>
    public CalendarSpan? KeepWithinYearly { get; init; }

    /// <summary>Keep those that have one of these tags.</summary>
    public IReadOnlyList<string> KeepTags { get; init; } = [];

    /// <summary>How snapshots are put into groups; each writer's always for themselves.</summary>
    public RetentionGrouping Grouping { get; init; } = RetentionGrouping.Host | RetentionGrouping.Paths;

    /// <summary>The name of the time zone whose days and hours count; null for the machine's.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Whether there is a rule.</summary>
    public bool HasRules => Counts.Any(count => count != 0) || Spans.Any(span => span is not null) || KeepTags.Count > 0;

    /// <summary>Last, hourly, daily, weekly, monthly, yearly: as the fields of the format.</summary>
    internal IReadOnlyList<int> Counts => [KeepLast, KeepHourly, KeepDaily, KeepWeekly, KeepMonthly, KeepYearly];

    /// <summary>All, hourly, daily, weekly, monthly, yearly.</summary>
    internal IReadOnlyList<CalendarSpan?> Spans =>
        [KeepWithin, KeepWithinHourly, KeepWithinDaily, KeepWithinWeekly, KeepWithinMonthly, KeepWithinYearly];
}
