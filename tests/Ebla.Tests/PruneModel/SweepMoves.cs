namespace Ebla.Tests.PruneModel;

/// <summary>The second half of a prune: delete, and merge segments; docs/prune.md, "Pruner".</summary>
internal sealed class SweepMoves(Scenario scenario, Moves moves)
{
    public void AddAll(in World world, int index)
    {
        ref readonly Pruner me = ref world.Pruners[index];
        World next = world;
        ref Pruner my = ref next.Pruners[index];
        switch (me.Step)
        {
            case PrunerStep.PutRemoved:
                my.Step = PrunerStep.DeleteSnapshots;
                if (scenario.Has(Rule.RemovalNote))
                {
                    next.Removed |= me.DoomedSnapshots;
                    moves.AddRequest(
                        world, next, Describe("notes the removal of", me.DoomedSnapshots), new Late(LateKind.PutRemoved, me.DoomedSnapshots));
                    break;
                }
                moves.Add(next, Describe("will delete", me.DoomedSnapshots));
                break;
            case PrunerStep.DeleteSnapshots:
                AddDeleteSnapshots(world, index);
                break;
            case PrunerStep.DeletePacks:
                AddDeletePacks(world, index);
                break;
            case PrunerStep.DeleteRecord:
                int record = scenario.RecordOf(index, me.Run);
                next.Records &= ~(1 << record);
                my.Step = PrunerStep.DeleteSessions;
                moves.AddRequest(world, next, Describe("removes condemned record", record), new Late(LateKind.DeleteRecord, record));
                break;
            case PrunerStep.DeleteSessions:
                AddDeleteSessions(world, index);
                break;
            case PrunerStep.DeleteFences:
                AddDeleteFences(world, index);
                break;
            case PrunerStep.MergeRecords:
                int merged = scenario.RecordCount / 2 + scenario.RecordOf(index, me.Run);
                next.Records |= 1 << merged;
                next.CondemnedPacks[merged] = world.AllCondemnedPacks;
                next.CondemnedSnapshots[merged] = world.AllCondemnedSnapshots;
                my.Step = PrunerStep.DeleteRecords;
                my.Begun = world.Records & ~(1 << merged);
                moves.Add(next, Describe("puts the merged record of", my.Begun));
                break;
            case PrunerStep.DeleteRecords:
                if ((me.Begun & world.Records) == 0)
                {
                    my.Begun = 0;
                    EndRun(ref my, index);
                    moves.Add(next, Describe("has merged records", 0));
                    break;
                }
                int old = int.TrailingZeroCount(me.Begun & world.Records);
                next.Records &= ~(1 << old);
                moves.Add(next, Describe("deletes record", old));
                break;
            case PrunerStep.MergeSegments:
            case PrunerStep.MergePacks:
            case PrunerStep.PutMerged:
            case PrunerStep.DeleteSegments:
                AddMerge(world, index);
                break;
            default:
                break;
        }
        return;

        Move Describe(string what, int value) => new("pruner", index, what, value);
    }

    // The segments as one set: those of single packs, then the merged.
    private int SegmentsOf(in World world)
    {
        int segments = world.Segments;
        for (int slot = 0; slot < scenario.MergedCount; slot++)
        {
            segments |= world.Merged[slot] != 0 ? 1 << (scenario.PackCount + slot) : 0;
        }
        return segments;
    }

    private int EntriesOf(in World world, int segments)
    {
        int entries = segments & world.Segments;
        for (int slot = 0; slot < scenario.MergedCount; slot++)
        {
            entries |= (segments >> (scenario.PackCount + slot) & 1) != 0 ? world.Merged[slot] : 0;
        }
        return entries;
    }

    private void AddDeleteSnapshots(in World world, int index)
    {
        ref readonly Pruner me = ref world.Pruners[index];
        World next = world;
        ref Pruner my = ref next.Pruners[index];
        int doomed = me.DoomedSnapshots;
        if (doomed == 0)
        {
            my.Step = PrunerStep.DeletePacks;
            moves.Add(next, new Move("pruner", index, "has deleted snapshots", 0));
            return;
        }
        for (; doomed != 0; doomed &= doomed - 1)
        {
            int snapshot = int.TrailingZeroCount(doomed);
            int bit = 1 << snapshot;
            next = world;
            next.Snapshots &= ~bit;
            my.DoomedSnapshots &= ~bit;
            if (!scenario.Has(Rule.NotesForEver))
            {
                next.Forgotten &= ~bit;
                next.ForgottenAgain &= ~bit;
                next.Removed &= ~bit;
            }
            moves.AddRequest(world, next, new Move("pruner", index, "deletes snapshot", snapshot), new Late(LateKind.DeleteSnapshot, snapshot));
        }
    }

    private void AddDeletePacks(in World world, int index)
    {
        ref readonly Pruner me = ref world.Pruners[index];
        World next = world;
        ref Pruner my = ref next.Pruners[index];
        int doomed = me.Doomed & world.Packs;
        if (doomed == 0)
        {
            my.Doomed = 0;
            my.Step = me.Wanted != 0 ? PrunerStep.PutCopy
                : scenario.Has(Rule.CondemnedForEver) ? PrunerStep.DeleteSessions : PrunerStep.DeleteRecord;
            moves.Add(next, new Move("pruner", index, "has deleted packs", 0));
            return;
        }
        for (; doomed != 0; doomed &= doomed - 1)
        {
            int pack = int.TrailingZeroCount(doomed);
            next.Packs = world.Packs & ~(1 << pack);
            moves.AddRequest(world, next, new Move("pruner", index, "deletes pack", pack), new Late(LateKind.DeletePack, pack));
        }
    }

    private void AddDeleteSessions(in World world, int index)
    {
        ref readonly Pruner me = ref world.Pruners[index];
        World next = world;
        ref Pruner my = ref next.Pruners[index];
        int fenced = world.Announced & world.Fenced;
        if (fenced == 0)
        {
            my.Gone = scenario.Has(Rule.FenceForEver) ? 0 : me.Gone;
            my.Step = PrunerStep.DeleteFences;
            if (my.Gone == 0)
            {
                AfterFences(world, ref my, index);
            }
            moves.Add(next, new Move("pruner", index, "has cleared sessions", 0));
            return;
        }
        for (; fenced != 0; fenced &= fenced - 1)
        {
            int session = int.TrailingZeroCount(fenced);
            if (!scenario.Has(Rule.FenceOutlivesAnnouncement))
            {
                next.Fenced = world.Fenced & ~(1 << session);
                moves.Add(next, new Move("pruner", index, "deletes the fence against session", session));
                continue;
            }
            next.Announced = world.Announced & ~(1 << session);
            moves.AddRequest(world, next, new Move("pruner", index, "deletes fenced session", session), new Late(LateKind.EndSession, session));
        }
    }

    private void AddDeleteFences(in World world, int index)
    {
        ref readonly Pruner me = ref world.Pruners[index];
        World next = world;
        ref Pruner my = ref next.Pruners[index];
        int old = me.Gone & world.Fenced;
        if (old == 0)
        {
            my.Gone = 0;
            AfterFences(world, ref my, index);
            moves.Add(next, new Move("pruner", index, "has cleared fences", 0));
            return;
        }
        for (; old != 0; old &= old - 1)
        {
            int session = int.TrailingZeroCount(old);
            next.Fenced = world.Fenced & ~(1 << session);
            moves.AddRequest(
                world, next, new Move("pruner", index, "deletes the fence against session", session), new Late(LateKind.DeleteFence, session));
        }
    }

    private void AfterFences(in World world, ref Pruner my, int index)
    {
        if (!scenario.Has(Rule.NeverMergeRecords))
        {
            my.Step = PrunerStep.MergeRecords;
        }
        else if (scenario.MergesSegments)
        {
            my.Step = PrunerStep.MergeSegments;
            my.Begun = scenario.Has(Rule.SegmentsBeforePacks) ? SegmentsOf(world) : world.Packs;
        }
        else
        {
            EndRun(ref my, index);
        }
    }

    private void AddMerge(in World world, int index)
    {
        ref readonly Pruner me = ref world.Pruners[index];
        World next = world;
        ref Pruner my = ref next.Pruners[index];
        Span<int> seen = stackalloc int[3];
        bool segmentsFirst = scenario.Has(Rule.SegmentsBeforePacks);
        switch (me.Step)
        {
            case PrunerStep.MergeSegments:
                foreach (int listed in Moves.Lists(me.Begun, segmentsFirst ? SegmentsOf(world) : world.Packs, seen))
                {
                    my.Step = PrunerStep.MergePacks;
                    my.Sessions = segmentsFirst ? listed & SegmentsOf(world) : listed;
                    my.Indexed = segmentsFirst ? EntriesOf(world, my.Sessions) : 0;
                    my.Begun = segmentsFirst ? world.Packs : SegmentsOf(world);
                    moves.Add(next, new Move("pruner", index, "lists for merging", listed));
                }
                break;
            case PrunerStep.MergePacks:
                foreach (int listed in Moves.Lists(me.Begun, segmentsFirst ? world.Packs : SegmentsOf(world), seen))
                {
                    my.Step = scenario.Has(Rule.MergedSegmentFirst) ? PrunerStep.PutMerged : PrunerStep.DeleteSegments;
                    my.Begun = 0;
                    my.Sessions = segmentsFirst ? me.Sessions : listed & SegmentsOf(world);
                    my.Indexed = segmentsFirst ? me.Indexed & listed : EntriesOf(world, my.Sessions) & me.Sessions;
                    if (!scenario.Has(Rule.KeepCondemnedEntries))
                    {
                        my.Indexed &= ~world.AllCondemnedPacks;
                    }
                    moves.Add(next, new Move("pruner", index, "merges the entries of packs", my.Indexed));
                }
                break;
            case PrunerStep.PutMerged:
                int slot = scenario.RecordOf(index, me.Run);
                next.Merged[slot] = me.Indexed;
                my.Step = PrunerStep.DeleteSegments;
                my.Indexed = 0;
                if (!scenario.Has(Rule.MergedSegmentFirst))
                {
                    my.Sessions = 0;
                }
                if (!scenario.Has(Rule.DeleteOnlyReadSegments))
                {
                    my.Sessions = SegmentsOf(world);
                }
                moves.AddRequest(
                    world, next, new Move("pruner", index, "puts the merged segment of packs", me.Indexed),
                    new Late(LateKind.PutMerged, (slot << 16) | me.Indexed));
                break;
            default:
                int old = me.Sessions & SegmentsOf(world);
                for (; old != 0; old &= old - 1)
                {
                    int segment = int.TrailingZeroCount(old);
                    next = world;
                    next.Segments &= ~(1 << segment);
                    if (segment >= scenario.PackCount)
                    {
                        next.Merged[segment - scenario.PackCount] = 0;
                    }
                    moves.AddRequest(
                        world, next, new Move("pruner", index, "deletes segment", segment), new Late(LateKind.DeleteSegment, segment));
                }
                if ((me.Sessions & SegmentsOf(world)) != 0)
                {
                    break;
                }
                my.Sessions = 0;
                if (me.Indexed != 0)
                {
                    my.Step = PrunerStep.PutMerged;
                }
                else
                {
                    EndRun(ref my, index);
                }
                moves.Add(next, new Move("pruner", index, "has merged", 0));
                break;
        }
    }

    private void EndRun(ref Pruner my, int index) => my = my.Run + 1 < scenario.RunsOf(index)
        ? new Pruner { Run = my.Run + 1 }
        : new Pruner { Step = PrunerStep.Over };
}
