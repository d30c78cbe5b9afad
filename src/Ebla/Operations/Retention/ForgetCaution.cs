using System.Globalization;
using Ebla.Notes;
using Ebla.Repositories;

namespace Ebla.Operations.Retention;

/// <summary>
/// Objects to a forget by rules that takes nearly all of a group, or that comes after a flood of new snapshots: both look like a mistake in
/// the policy, or like somebody who pushes real snapshots out (docs/forgetting.md, "What a thief can do").
/// </summary>
internal static class ForgetCaution
{
    /// <summary>Fewer than so many are no flood, and soon looked through.</summary>
    private const long CountMin = 20;

    /// <summary>So many times what is usual is unusual.</summary>
    private const long UsualFactor = 5;

    /// <summary>The groups, with an objection where there is one.</summary>
    public static IReadOnlyList<RetentionGroup> Examine(
        IReadOnlyList<RetentionGroup> groups, IReadOnlyList<StoredSnapshot> all, IReadOnlyList<Note> forgets)
    {
        var growths = groups.Select(group => group.Writer).Distinct().ToDictionary(
            writer => writer, writer => WriterGrowth.Of(forgets, writer, all.Count(stored => stored.Snapshot.Writer == writer)));
        return [.. groups.Select(group => group with { Objection = Objection(group, growths[group.Writer]) })];
    }

    private static string? Objection(RetentionGroup group, WriterGrowth growth)
    {
        long wholeForgotten = group.Verdicts.Count(verdict => !verdict.IsKept && !verdict.Stored.Snapshot.IsPartial);
        if (wholeForgotten == 0)
        {
            return null;
        }
        if (growth.Added is { } added && added > Limit(growth.UsuallyAdded))
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"{added:N0} snapshots came since the last forget, {Usual(growth.UsuallyAdded)}");
        }
        if (wholeForgotten * 10 > (long)group.Verdicts.Count * 9 && wholeForgotten > Limit(growth.UsuallyForgotten))
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{wholeForgotten:N0} of {group.Verdicts.Count:N0} would go, {Usual(growth.UsuallyForgotten)}");
        }
        return null;
    }

    private static long Limit(long? usual) => Math.Max(CountMin, UsualFactor * Math.Min(usual ?? 0, long.MaxValue / UsualFactor));

    private static string Usual(long? usual) => usual is { } most
        ? string.Create(CultureInfo.InvariantCulture, $"and at most {most:N0} in each of the last times")
        : "and this is the first time";
}
