namespace Ebla.Tests.PruneModel;

/// <summary>What a prune does: condemn, wait, look, copy out, sweep; docs/prune.md, "Pruner".</summary>
/// <remarks>
/// It condemns any set of packs whatever, live or not: so every wrong or outdated mark is covered. It fences any session at any moment:
/// so every wrong reading of a heartbeat is.
/// </remarks>
internal sealed class PrunerMoves(Scenario scenario, Moves moves)
{
    private readonly SweepMoves _sweep = new(scenario, moves);

    public void AddAll(in World world, int index)
    {
        ref readonly Pruner me = ref world.Pruners[index];
        World next = world;
        ref Pruner my = ref next.Pruners[index];
        switch (me.Step)
        {
            case PrunerStep.Condemn:
                AddCondemn(world, index);
                break;
            case PrunerStep.Adopt:
                AddAdopt(world, index);
                break;
            case PrunerStep.ListSessions:
                Span<int> seenSessions = stackalloc int[3];
                foreach (int announced in Moves.Lists(me.Begun, world.Announced, seenSessions))
                {
                    my.Step = PrunerStep.Wait;
                    my.Begun = 0;
                    my.Sessions = announced & ~world.Fenced;
                    my.Gone = world.Fenced & ~announced;
                    moves.Add(next, Describe("lists sessions", my.Sessions));
                }
                if (!scenario.Has(Rule.FixedAnnouncement))
                {
                    my.Sessions = 0; // One that was replaced meanwhile may not show at all.
                    moves.Add(next, Describe("lists sessions", 0));
                }
                break;
            case PrunerStep.Wait:
                AddWait(world, index);
                break;
            case PrunerStep.ListIntents:
                AddIntents(world, index);
                break;
            case PrunerStep.ListSnapshots:
                AddSnapshots(world, index);
                break;
            case PrunerStep.LookCondemned:
                my.Step = PrunerStep.ListPacks;
                my.Condemned = scenario.Has(Rule.CountNoCondemnedCopy) ? world.AllCondemnedPacks | me.Doomed : me.Doomed;
                my.Listed = world.Packs;
                moves.Add(next, Describe("reads condemned", my.Condemned));
                break;
            case PrunerStep.ListPacks:
                Span<int> seenPacks = stackalloc int[3];
                foreach (int packs in Moves.Lists(me.Listed, world.Packs, seenPacks))
                {
                    my.Step = PrunerStep.ListIndex;
                    my.Listed = packs;
                    my.Indexed = world.Indexed;
                    moves.Add(next, Describe("lists packs", packs));
                }
                break;
            case PrunerStep.ListIndex:
                Span<int> seenIndex = stackalloc int[3];
                foreach (int indexed in Moves.Lists(me.Indexed, world.Indexed, seenIndex))
                {
                    AddLook(world, index, indexed);
                }
                break;
            case PrunerStep.PutCopy:
                AddCopy(world, index);
                break;
            case PrunerStep.PutCopySegment:
                int copy = scenario.CopyOf(index, CopyRun(me.Run));
                next.Segments |= 1 << copy;
                EndLook(ref my);
                moves.AddRequest(world, next, Describe("puts the segment of copy", copy), new Late(LateKind.PutSegment, copy));
                break;
            default:
                _sweep.AddAll(world, index);
                break;
        }
        return;

        Move Describe(string what, int value) => new("pruner", index, what, value);
    }

    private int CopyRun(int run) => scenario.Has(Rule.FreshNames) ? run : 0;

    private void AddCondemn(in World world, int index)
    {
        ref readonly Pruner me = ref world.Pruners[index];
        int record = scenario.RecordOf(index, me.Run);
        int expired = world.Snapshots & world.Hidden;
        for (int packs = world.Packs; ; packs = (packs - 1) & world.Packs)
        {
            for (int snapshots = expired; ; snapshots = (snapshots - 1) & expired)
            {
                AddCondemn(world, index, record, packs, snapshots);
                if (snapshots == 0)
                {
                    break;
                }
            }
            if (packs == 0)
            {
                break;
            }
        }
    }

    private void AddCondemn(in World world, int index, int record, int packs, int snapshots)
    {
        if (int.PopCount(packs) > scenario.CondemnMax)
        {
            return;
        }
        World next = world;
        ref Pruner my = ref next.Pruners[index];
        my.Step = PrunerStep.Adopt;
        my.Doomed = packs;
        my.DoomedSnapshots = snapshots;
        if (!scenario.Has(Rule.CondemnBeforeSessions))
        {
            my.Begun = world.Announced;
            moves.Add(next, new Move("pruner", index, "begins to list sessions, and will condemn packs", packs));
            return;
        }
        if (packs == 0 && snapshots == 0)
        {
            if (world.Records != 0)
            {
                moves.Add(next, new Move("pruner", index, "condemns", 0));
            }
            return;
        }
        if (!scenario.Has(Rule.Condemn))
        {
            moves.Add(next, new Move("pruner", index, "decides to delete", packs));
            return;
        }
        next.Records |= 1 << record;
        next.CondemnedPacks[record] = packs;
        next.CondemnedSnapshots[record] = snapshots;
        moves.AddRequest(
            world, next, new Move("pruner", index, $"condemns snapshots {snapshots:b}, packs", packs), new Late(LateKind.PutRecord, record));
    }

    // All condemned packs that are still there: its own, and the unfinished ones of everybody.
    private void AddAdopt(in World world, int index)
    {
        ref readonly Pruner me = ref world.Pruners[index];
        World next = world;
        ref Pruner my = ref next.Pruners[index];
        my.Step = PrunerStep.ListSessions;
        if (!scenario.Has(Rule.CondemnBeforeSessions))
        {
            int record = scenario.RecordOf(index, me.Run);
            next.Records |= 1 << record;
            next.CondemnedPacks[record] = me.Doomed;
            next.CondemnedSnapshots[record] = me.DoomedSnapshots;
        }
        my.Roots = scenario.Has(Rule.LookAgain) ? 0 : (world.Snapshots & ~my.DoomedSnapshots) | world.Intended;
        my.Begun = scenario.Has(Rule.CondemnBeforeSessions) ? world.Announced : me.Begun;
        moves.Add(next, new Move("pruner", index, "takes over", 0));
        if (!scenario.Has(Rule.Adopt))
        {
            return;
        }
        my.Doomed |= world.AllCondemnedPacks & world.Packs;
        my.DoomedSnapshots |= world.AllCondemnedSnapshots & world.Snapshots & world.Hidden;
        if (my.Doomed != me.Doomed || my.DoomedSnapshots != me.DoomedSnapshots)
        {
            moves.Add(next, new Move("pruner", index, "takes over", my.Doomed));
        }
    }

    private void AddWait(in World world, int index)
    {
        ref readonly Pruner me = ref world.Pruners[index];
        World next = world;
        ref Pruner my = ref next.Pruners[index];
        int live = scenario.Has(Rule.WaitForSessions) ? me.Sessions & world.Announced & ~world.Fenced : 0;
        for (int left = scenario.Beats ? live : 0; left != 0; left &= left - 1)
        {
            int session = int.TrailingZeroCount(left);
            live &= world.IsAtEase(session, me.Doomed, me.DoomedSnapshots) ? ~(1 << session) : -1;
        }
        if (live != 0 && !scenario.Has(Rule.FenceFirst))
        {
            my.Sessions = 0;
            moves.Add(next, new Move("pruner", index, "ignores sessions", live));
        }
        if (live == 0 && !scenario.Has(Rule.LookAgain))
        {
            my.Sessions = 0;
            my.Step = PrunerStep.LookCondemned;
            moves.Add(next, new Move("pruner", index, "waits for nobody any more", 0));
        }
        else if (live == 0)
        {
            my.Sessions = 0;
            my.Step = scenario.Has(Rule.IntentsBeforeSnapshots) ? PrunerStep.ListIntents : PrunerStep.ListSnapshots;
            my.Begun = scenario.Has(Rule.IntentsBeforeSnapshots) ? world.Intended : world.Snapshots;
            moves.Add(next, new Move("pruner", index, "waits for nobody any more", 0));
        }
        for (int left = live; left != 0; left &= left - 1)
        {
            int session = int.TrailingZeroCount(left);
            next = world;
            next.Fenced |= 1 << session;
            moves.AddRequest(world, next, new Move("pruner", index, "fences session", session), new Late(LateKind.PutFence, session));
        }
    }

    private void AddIntents(in World world, int index)
    {
        ref readonly Pruner me = ref world.Pruners[index];
        World next = world;
        ref Pruner my = ref next.Pruners[index];
        Span<int> seen = stackalloc int[3];
        foreach (int listed in Moves.Lists(me.Begun, world.Intended, seen))
        {
            my.Roots = me.Roots | (scenario.Has(Rule.IntentsAreRoots) ? listed : 0);
            my.DoomedSnapshots = me.DoomedSnapshots & ~listed;
            my.Step = scenario.Has(Rule.IntentsBeforeSnapshots) ? PrunerStep.ListSnapshots : PrunerStep.LookCondemned;
            my.Begun = scenario.Has(Rule.IntentsBeforeSnapshots) ? world.Snapshots : 0;
            moves.Add(next, new Move("pruner", index, "lists intents of snapshots", listed));
        }
    }

    private void AddSnapshots(in World world, int index)
    {
        ref readonly Pruner me = ref world.Pruners[index];
        World next = world;
        ref Pruner my = ref next.Pruners[index];
        Span<int> seen = stackalloc int[3];
        foreach (int listed in Moves.Lists(me.Begun, world.Snapshots, seen))
        {
            my.DoomedSnapshots = me.DoomedSnapshots & world.Hidden;
            my.Roots = me.Roots | (listed & ~my.DoomedSnapshots & ~world.Removed);
            my.Step = scenario.Has(Rule.IntentsBeforeSnapshots) ? PrunerStep.LookCondemned : PrunerStep.ListIntents;
            my.Begun = scenario.Has(Rule.IntentsBeforeSnapshots) ? 0 : world.Intended;
            moves.Add(next, new Move("pruner", index, "lists snapshots", listed));
        }
    }

    private void AddLook(in World world, int index, int indexed)
    {
        ref readonly Pruner me = ref world.Pruners[index];
        World next = world;
        ref Pruner my = ref next.Pruners[index];
        int copies = world.BlobsIn(indexed & me.Listed & ~me.Condemned);
        int wanted = scenario.NeedsOfAll(me.Roots) & world.BlobsIn(me.Doomed & me.Listed) & ~copies;
        my.Condemned = my.Listed = 0;
        if (wanted != 0 && !scenario.Has(Rule.NeverRescue))
        {
            int rescued = 0;
            for (int left = me.Doomed & world.Packs; left != 0; left &= left - 1)
            {
                int pack = int.TrailingZeroCount(left);
                rescued |= (world.ContentOf(pack) & wanted) != 0 ? 1 << pack : 0;
            }
            for (int record = 0; record < scenario.RecordCount; record++)
            {
                next.CondemnedPacks[record] &= ~rescued;
            }
            my.Doomed &= ~rescued;
            EndLook(ref my);
            moves.Add(next, new Move("pruner", index, "loads the index, rescues packs", rescued));
            return;
        }
        if (wanted != 0 && scenario.Has(Rule.CopyOut))
        {
            my.Step = PrunerStep.PutCopy;
            my.Wanted = wanted;
            if (!scenario.Has(Rule.CopyBeforeSweep))
            {
                // What it wants it has read, and puts it later.
                my.Step = PrunerStep.DeletePacks;
            }
            moves.Add(next, new Move("pruner", index, "loads the index, must copy out", wanted));
            return;
        }
        EndLook(ref my);
        moves.Add(next, new Move("pruner", index, "loads the index, has nothing to copy out", 0));
    }

    private void AddCopy(in World world, int index)
    {
        ref readonly Pruner me = ref world.Pruners[index];
        World next = world;
        ref Pruner my = ref next.Pruners[index];
        if ((me.Wanted & ~world.BlobsIn(me.Doomed & world.Packs)) != 0 && scenario.Has(Rule.CopyBeforeSweep))
        {
            my.Step = PrunerStep.LookCondemned;
            my.Wanted = 0;
            moves.Add(next, new Move("pruner", index, "finds nothing to copy from, looks again", me.Wanted));
            return;
        }
        int copy = scenario.CopyOf(index, CopyRun(me.Run));
        next.PutPack(copy, me.Wanted);
        my.Step = PrunerStep.PutCopySegment;
        my.Wanted = 0;
        moves.AddRequest(world, next, new Move("pruner", index, $"copies blobs {me.Wanted:b} to pack", copy), new Late(LateKind.PutPack, copy));
    }

    // The look is over: from here on it deletes.
    private static void EndLook(ref Pruner my)
    {
        my = new Pruner
        {
            Step = my.DoomedSnapshots != 0 ? PrunerStep.PutRemoved : PrunerStep.DeletePacks,
            Run = my.Run,
            Doomed = my.Doomed,
            DoomedSnapshots = my.DoomedSnapshots,
            Gone = my.Gone,
        };
    }
}
