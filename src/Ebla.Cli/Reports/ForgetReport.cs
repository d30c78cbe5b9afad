using Ebla.Cli.Rendering;
using Ebla.Operations.Retention;

namespace Ebla.Cli.Reports;

/// <summary>What <c>forget --json</c> prints.</summary>
internal sealed record ForgetReport
{
    public required bool DryRun { get; init; }

    /// <summary>The time zone in which days were counted; null where snapshots were named.</summary>
    public required string? TimeZone { get; init; }

    /// <summary>Ids of the snapshots that are, or would be, forgotten, oldest first.</summary>
    public required string[] Forgotten { get; init; }

    /// <summary>What these hold together.</summary>
    public required SelectionReport? Account { get; init; }

    /// <summary>Every snapshot that was judged; empty where snapshots were named.</summary>
    public required Group[] Groups { get; init; }

    public static ForgetReport Of(ForgetResult result, bool isDryRun) => new()
    {
        DryRun = isDryRun,
        TimeZone = result.Policy is null ? null : result.Zone.Id,
        Forgotten = [.. result.Forgotten.Select(stored => stored.Id).Concat(result.Lost).Select(id => id.ToString())],
        Account = SelectionReport.Of(result.Account),
        Groups = [.. result.Groups.Select(GroupOf)],
    };

    private static Group GroupOf(RetentionGroup group) => new(
        group.Writer.ToString(),
        group.Host is { } host ? SafeText.ForJson(host) : null,
        group.Paths is { } paths ? [.. paths.Select(SafeText.ForJson)] : null,
        group.Tags is { } tags ? [.. tags] : null,
        [.. group.Verdicts.Select(verdict => new Verdict(
            verdict.Stored.Id.ToString(), verdict.Stored.Snapshot.Time.ToDateTimeOffset(), verdict.IsKept, [.. verdict.Reasons]))],
        [.. group.Warnings],
        group.Objection);

    /// <param name="Writer">The member whose snapshots they are.</param>
    /// <param name="Host">Null if groups do not go by it.</param>
    /// <param name="Paths">Null if groups do not go by them.</param>
    /// <param name="Tags">Null if groups do not go by them.</param>
    /// <param name="Snapshots">Oldest first.</param>
    /// <param name="Warnings">What looks wrong.</param>
    /// <param name="Objection">Why nothing of the group is forgotten without <c>--force</c>; else null.</param>
    internal sealed record Group(
        string Writer, string? Host, string[]? Paths, string[]? Tags, Verdict[] Snapshots, string[] Warnings, string? Objection);

    /// <param name="Id">The snapshot.</param>
    /// <param name="Time">When its backup began, UTC.</param>
    /// <param name="Keep">Whether the rules keep it.</param>
    /// <param name="Reasons">Why.</param>
    internal sealed record Verdict(string Id, DateTimeOffset Time, bool Keep, string[] Reasons);
}
