using System.CommandLine;
using System.Globalization;
using Ebla.Cli.Invocation;
using Ebla.Notes;

namespace Ebla.Cli.Commands;

/// <summary>The options that say which snapshots are kept.</summary>
internal sealed class RetentionArguments
{
    private readonly Option<string?> _last = Count("--keep-last", "Keep the last N.");
    private readonly Option<string?> _hourly = Count("--keep-hourly", "Keep the last of each hour, of N hours that have any.");
    private readonly Option<string?> _daily = Count("--keep-daily", "The same for days.");
    private readonly Option<string?> _weekly = Count("--keep-weekly", "The same for weeks, from Monday to Sunday.");
    private readonly Option<string?> _monthly = Count("--keep-monthly", "The same for months.");
    private readonly Option<string?> _yearly = Count("--keep-yearly", "The same for years.");
    private readonly Option<string?> _within = Span("--keep-within", "Keep all that are at most so much older than the newest: 2y6m, 30d, 12h.");
    private readonly Option<string?> _withinHourly = Span("--keep-within-hourly", "Of those, keep the last of each hour.");
    private readonly Option<string?> _withinDaily = Span("--keep-within-daily", "The last of each day.");
    private readonly Option<string?> _withinWeekly = Span("--keep-within-weekly", "The last of each week.");
    private readonly Option<string?> _withinMonthly = Span("--keep-within-monthly", "The last of each month.");
    private readonly Option<string?> _withinYearly = Span("--keep-within-yearly", "The last of each year.");

    private readonly Option<string[]> _tags = new("--keep-tag")
    {
        Description = "Keep all with this tag; with any of them, if given several times.",
        HelpName = "TAG",
    };

    private readonly Option<string?> _groupBy = GroupByArgument.Create();

    private readonly Option<string?> _timeZone = new("--time-zone")
    {
        Description = "The time zone in which days and hours are counted, as Europe/Berlin. Normally this machine's.",
        HelpName = "ZONE",
    };

    private Option<string?>[] Counts => [_last, _hourly, _daily, _weekly, _monthly, _yearly];

    private Option<string?>[] Spans => [_within, _withinHourly, _withinDaily, _withinWeekly, _withinMonthly, _withinYearly];

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[.. Counts, .. Spans, _tags, _groupBy, _timeZone])
        {
            command.Add(option);
        }
    }

    /// <summary>The zone that was given; null if none was.</summary>
    public TimeZoneInfo? ReadZone(CommandContext context)
    {
        if (context.Get(_timeZone) is { } name)
        {
            return TimeZoneArgument.Parse(name);
        }
        TimeZoneArgument.CheckEnvironment();
        return null;
    }

    /// <summary>Whether any option that makes a policy was given.</summary>
    public bool HasRules(CommandContext context) => Read(context).HasRules;

    /// <summary>Whether the groups are said.</summary>
    public bool HasGrouping(CommandContext context) => context.Get(_groupBy) is not null;

    /// <summary>The policy, which may be without a rule.</summary>
    public RetentionPolicy Read(CommandContext context) => new()
    {
        KeepLast = ReadCount(context, _last),
        KeepHourly = ReadCount(context, _hourly),
        KeepDaily = ReadCount(context, _daily),
        KeepWeekly = ReadCount(context, _weekly),
        KeepMonthly = ReadCount(context, _monthly),
        KeepYearly = ReadCount(context, _yearly),
        KeepWithin = ReadSpan(context, _within),
        KeepWithinHourly = ReadSpan(context, _withinHourly),
        KeepWithinDaily = ReadSpan(context, _withinDaily),
        KeepWithinWeekly = ReadSpan(context, _withinWeekly),
        KeepWithinMonthly = ReadSpan(context, _withinMonthly),
        KeepWithinYearly = ReadSpan(context, _withinYearly),
        KeepTags = [.. context.GetTexts(_tags).Distinct()],
        Grouping = GroupByArgument.Read(context, _groupBy),
        TimeZone = context.Get(_timeZone) is { } zone ? TimeZoneArgument.Parse(zone).Id : null,
    };

    /// <summary>A policy in the words of the options; each a line.</summary>
    public static IEnumerable<string> Describe(RetentionPolicy policy)
    {
        RetentionArguments options = new();
        int[] counts =
            [policy.KeepLast, policy.KeepHourly, policy.KeepDaily, policy.KeepWeekly, policy.KeepMonthly, policy.KeepYearly];
        CalendarSpan?[] spans =
        [
            policy.KeepWithin, policy.KeepWithinHourly, policy.KeepWithinDaily, policy.KeepWithinWeekly, policy.KeepWithinMonthly,
            policy.KeepWithinYearly,
        ];
        return
        [
            .. options.Counts.Zip(counts).Where(pair => pair.Second != 0).Select(pair => $"{pair.First.Name} {CountText(pair.Second)}"),
            .. options.Spans.Zip(spans).Where(pair => pair.Second is not null).Select(pair => $"{pair.First.Name} {pair.Second}"),
            .. policy.KeepTags.Select(tag => $"{options._tags.Name} {Rendering.SafeText.ForTerminal(tag)}"),
            $"{options._groupBy.Name} {GroupingText(policy.Grouping)}",
            .. policy.TimeZone is { } zone ? [$"{options._timeZone.Name} {Rendering.SafeText.ForTerminal(zone)}"] : (string[])[],
        ];
    }

    public static string GroupingText(RetentionGrouping grouping)
        => grouping.ToString().ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal);

    private static string CountText(int count)
        => count == RetentionPolicy.Unlimited ? "unlimited" : count.ToString(CultureInfo.InvariantCulture);

    private static Option<string?> Count(string name, string description)
        => new(name) { Description = description, HelpName = "N" };

    private static Option<string?> Span(string name, string description)
        => new(name) { Description = description, HelpName = "DURATION" };

    private static int ReadCount(CommandContext context, Option<string?> option)
    {
        if (context.Get(option) is not { } text)
        {
            return 0;
        }
        if (text == "unlimited")
        {
            return RetentionPolicy.Unlimited;
        }
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : throw new UsageException($"{option.Name} takes a whole number from 1 on, or 'unlimited': not '{text}'.");
    }

    private static CalendarSpan? ReadSpan(CommandContext context, Option<string?> option) => context.Get(option) is { } text
        ? CalendarSpan.TryParse(text) ?? throw new UsageException(
            $"{option.Name} takes years, months, weeks, days and hours, as in 1y6m, 30d or 2w3d12h: not '{text}'.")
        : null;
}
