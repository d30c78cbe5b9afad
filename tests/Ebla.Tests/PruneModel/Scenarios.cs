namespace Ebla.Tests.PruneModel;

/// <summary>What is explored.</summary>
internal static class Scenarios
{
    /// <summary>The whole protocol, in the unit tests.</summary>
    public static IReadOnlyList<Scenario> Small { get; } =
    [
        new("one writer, one pruner") { Writers = [[1]] },
        new("a writer that may be fenced and try again") { Writers = [[3]], Attempts = 2, IsLate = true },
        new("one writer, two prunes in a row") { Writers = [[1]], Runs = 2, IsLate = true },
        new("two writers that need the same") { Writers = [[1], [1]] },
        new("a checkpoint, then a renewed session") { Writers = [[1, 3]], Attempts = 2, IsLate = true },
        new("a checkpoint, then a renewed session, two packs") { Packs = [1, 2], Writers = [[1, 3]], Attempts = 2 },
        new("a checkpoint in a session that goes on") { Writers = [[1, 3]], Attempts = 2, Renews = false },
        new("heartbeats that say what is known") { Writers = [[1]], Attempts = 2, Beats = true },
        new("heartbeats, the blob stored twice") { Packs = [1, 1], Writers = [[1]], Runs = 2, CondemnMax = 1, Beats = true },
        new("heartbeats, a checkpoint") { Packs = [1, 2], Writers = [[1, 3]], Renews = false, Beats = true },
        new("a finisher, two prunes") { Writers = [[1]], Finishes = true, Runs = 2 },
        new("a finisher, nothing else needed") { Writers = [[1]], Finishes = true, Runs = 2, FirstSnapshot = 0, IsLate = true },
        new("forget and undelete what was there") { Writers = [[1]], Forgettable = 3, Undeletable = 0, IsLate = true },
        new("forget and undelete what is made") { Writers = [[1]], Forgettable = 3, Undeletable = 1, IsLate = true },
        new("undelete between two pruners") { Pruners = 2, Undeletable = 0 },
        new("merging segments") { Writers = [[1]], MergesSegments = true, IsLate = true },
        new("two pruners that merge segments") { Pruners = 2, MergesSegments = true },
    ];

    /// <summary>The whole protocol, where it takes minutes.</summary>
    public static IReadOnlyList<Scenario> Large { get; } =
    [
        new("two pruners, one writer") { Writers = [[1]], Pruners = 2 },
        new("two pruners, one writer, the blob twice") { Packs = [1, 1], Writers = [[1]], Pruners = 2, CondemnMax = 1 },
        new("two pruners, one writer that tries again") { Writers = [[1]], Attempts = 2, Pruners = 2, CondemnMax = 1 },
        new("two pruners, one writer, late requests") { Writers = [[1]], Pruners = 2, FirstSnapshot = 0, CondemnMax = 1, IsLate = true },
        new("two writers, one finisher") { Writers = [[1], [3]], Finishes = true },
        new("two writers, late requests") { Writers = [[1], [1]], IsLate = true },
        new("two writers, two packs, two prunes") { Packs = [1, 2], Writers = [[1], [2]], Runs = 2, CondemnMax = 1 },
        new("one writer, three prunes") { Writers = [[1]], Attempts = 2, Runs = 3 },
        new("one writer that tries again, a finisher, two prunes") { Writers = [[1]], Attempts = 2, Finishes = true, Runs = 2 },
        new("two pruners that merge segments, one writer") { Writers = [[1]], Pruners = 2, FirstSnapshot = 0, CondemnMax = 1, MergesSegments = true },
        new("heartbeats, two pruners")
        {
            Packs = [1, 1], Writers = [[1]], Pruners = 2, FirstSnapshot = 0, Forgettable = 0, CondemnMax = 1, Beats = true,
        },
        new("heartbeats, a checkpoint, two prunes") { Packs = [1, 2], Writers = [[1, 3]], Renews = false, Runs = 2, CondemnMax = 1, Beats = true },
        new("heartbeats, late requests") { Packs = [1, 1], Writers = [[1]], Attempts = 2, Beats = true, CondemnMax = 1, IsLate = true },
        new("checkpoints, two prunes") { Packs = [1, 2], Writers = [[1, 3]], Attempts = 3, Runs = 2, CondemnMax = 1 },
    ];

    /// <summary>The protocol with a rule taken away, each where that does harm.</summary>
    public static IReadOnlyList<Scenario> Variants { get; } =
    [
        Without(Rule.AnnounceFirst, new("") { Writers = [[1]] }),
        Without(Rule.MindCondemned, new("") { Writers = [[1]] }),
        new("ListPacks, when condemned records are removed")
        {
            Writers = [[1]], Without = [Rule.ListPacks, Rule.CondemnedForEver],
        },
        Without(Rule.IntendFirst, new("") { Writers = [[1]] }),
        Without(Rule.CheckFence, new("") { Writers = [[1]] }),
        Without(Rule.KeepIntent, new("") { Writers = [[1]] }),
        Without(Rule.KeepSession, new("") { Writers = [[1]] }),
        Without(Rule.Revalidate, new("") { Writers = [[1]], Attempts = 2 }),
        Without(Rule.ReviewAtRenewal, new("") { Packs = [1, 2], Writers = [[1, 3]], Attempts = 2 }),
        Without(Rule.GiveUpFirst, new("") { Writers = [[1]], Beats = true }),
        Without(Rule.StayAway, new("") { Packs = [1, 2], Writers = [[1, 3]], Renews = false, Beats = true }),
        Without(Rule.FreshNames, new("") { Packs = [1, 1], Writers = [[1]] }),
        Without(Rule.FixedAnnouncement, new("") { Writers = [[1]] }),
        Without(Rule.Condemn, new("") { Writers = [[1]] }),
        Without(Rule.CondemnBeforeSessions, new("") { Writers = [[1]] }),
        Without(Rule.WaitForSessions, new("") { Writers = [[1]] }),
        Without(Rule.FenceFirst, new("") { Writers = [[1]] }),
        Without(Rule.LookAgain, new("") { Writers = [[1]] }),
        Without(Rule.IntentsAreRoots, new("") { Writers = [[1]] }),
        Without(Rule.PassOverBrokenIntents, new("") { Writers = [[1]] }),
        Without(Rule.IntentsBeforeSnapshots, new("") { Writers = [[1]] }),
        Without(Rule.CountNoCondemnedCopy, new("") { Packs = [1, 1], Pruners = 2, CondemnMax = 1 }),
        Without(Rule.CopyOut, new("") { Writers = [[1]] }),
        Without(Rule.CopyBeforeSweep, new("") { Writers = [[1]] }),
        Without(Rule.CondemnedForEver, new("") { Undeletable = 0 }),
        Without(Rule.NeverRescue, new("") { Packs = [1, 1], Pruners = 2, Runs = 2, CondemnMax = 1, Forgettable = 0 }),
        Without(Rule.NeverMergeRecords, new("") { Packs = [1, 2], Writers = [[1, 3]], Attempts = 2 }),
        Without(Rule.NotesForEver, new("") { Writers = [[1]], Forgettable = 3, IsLate = true }),
        Without(Rule.RemovalNote, new("") { Writers = [[1]], Forgettable = 3, Undeletable = 1, IsLate = true }),
        Without(Rule.UndeleteChecksCondemned, new("") { Undeletable = 0 }),
        Without(Rule.Adopt, new("") { Writers = [[1]] }),
        Without(Rule.FenceOutlivesAnnouncement, new("") { Writers = [[1]] }),
        Without(Rule.FenceForEver, new("") { Writers = [[1]], Runs = 2, IsLate = true }),
        Without(Rule.DeleteOnlyReadSegments, new("") { Writers = [[1]], MergesSegments = true }),
        Without(Rule.SegmentsBeforePacks, new("") { Writers = [[1]], MergesSegments = true }),
        Without(Rule.KeepCondemnedEntries, new("") { Pruners = 2, MergesSegments = true }),
        Without(Rule.MergedSegmentFirst, new("") { MergesSegments = true }),
        Without(Rule.FinishInSession, new("") { Writers = [[1]], Finishes = true, Runs = 2 }),
        Without(Rule.FinishWithIntent, new("") { Writers = [[1]], Finishes = true, Runs = 2 }),
        Without(Rule.DropOnlyTheLost, new("") { Writers = [[1]], Finishes = true }),
        Without(Rule.ListTwiceBeforeDrop, new("") { Writers = [[1]], Finishes = true, Runs = 2, FirstSnapshot = 0 }),
        Without(Rule.MissTheSameBlob, new("")
        {
            Packs = [1, 2], FirstSnapshot = 0, Writers = [[3]], Finishes = true, Pruners = 2, Runs = 2, RunsOfSecondMax = 1, CondemnMax = 1,
            Forgettable = 0, IsUnderWay = true,
        }),
        Without(Rule.RewriteInSession, new("") { Writers = [[1]] }),
        Without(Rule.FinishIntents, new("") { Writers = [[1]] }),
        Without(Rule.FindUnnamedPacks, new("") { Writers = [[1]] }),
    ];

    private static Scenario Without(Rule rule, Scenario scenario) => scenario with { Name = rule.ToString(), Without = [rule] };
}
