using Ebla.Cli.Commands;
using Ebla.Notes;

namespace Ebla.Cli.Reports;

/// <summary>A retention policy. Counts are null for no such rule and -1 for all; spans are as the options take them.</summary>
internal sealed record PolicyReport
{
    public required int? KeepLast { get; init; }

    public required int? KeepHourly { get; init; }

    public required int? KeepDaily { get; init; }

    public required int? KeepWeekly { get; init; }

    public required int? KeepMonthly { get; init; }

    public required int? KeepYearly { get; init; }

    public required string? KeepWithin { get; init; }

    public required string? KeepWithinHourly { get; init; }

    public required string? KeepWithinDaily { get; init; }

    public required string? KeepWithinWeekly { get; init; }

    public required string? KeepWithinMonthly { get; init; }

    public required string? KeepWithinYearly { get; init; }

    public required string[] KeepTags { get; init; }

    /// <summary>As <c>--group-by</c> takes it; null if there is no policy.</summary>
    public required string? GroupBy { get; init; }

    /// <summary>Null for the machine's.</summary>
    public required string? TimeZone { get; init; }

    public static PolicyReport Of(RetentionPolicy? policy)
    {
        RetentionPolicy rules = policy ?? new RetentionPolicy();
        return new PolicyReport
        {
            KeepLast = CountOf(rules.KeepLast),
            KeepHourly = CountOf(rules.KeepHourly),
            KeepDaily = CountOf(rules.KeepDaily),
            KeepWeekly = CountOf(rules.KeepWeekly),
            KeepMonthly = CountOf(rules.KeepMonthly),
            KeepYearly = CountOf(rules.KeepYearly),
            KeepWithin = rules.KeepWithin?.ToString(),
            KeepWithinHourly = rules.KeepWithinHourly?.ToString(),
            KeepWithinDaily = rules.KeepWithinDaily?.ToString(),
            KeepWithinWeekly = rules.KeepWithinWeekly?.ToString(),
            KeepWithinMonthly = rules.KeepWithinMonthly?.ToString(),
            KeepWithinYearly = rules.KeepWithinYearly?.ToString(),
            KeepTags = [.. rules.KeepTags],
            GroupBy = policy is null ? null : RetentionArguments.GroupingText(rules.Grouping),
            TimeZone = rules.TimeZone,
        };
    }

    private static int? CountOf(int count) => count switch
    {
        0 => null,
        RetentionPolicy.Unlimited => -1,
        _ => count,
    };
}
