namespace Ebla.Tests.PruneModel;

/// <summary>What a writer does: announce, load the catalog, store, commit; docs/prune.md, "Writer".</summary>
internal sealed class WriterMoves(Scenario scenario, Moves moves)
{
    public void AddAll(in World world, int index)
    {
        ref readonly Writer me = ref world.Writers[index];
        int session = scenario.SessionOf(index, me.Attempt);
        int bit = 1 << session;
        int snapshot = scenario.SnapshotOf(index, me.Phase);
        int snapshotBit = 1 << snapshot;
        World next = world;
        ref Writer my = ref next.Writers[index];
        switch (me.Step)
        {
            case WriterStep.Announce:
                if (!scenario.Has(Rule.AnnounceFirst) && !me.Renews)
                {
                    my.Step = WriterStep.AnnounceLate;
                    my.Condemned = world.AllCondemnedPacks;
                    moves.Add(next, Describe("reads condemned", my.Condemned));
                    break;
                }
                my.Step = WriterStep.ListCondemned;
                next.Announced |= bit;
                moves.AddRequest(world, next, Describe("announces session", session), new Late(LateKind.Announce, session));
                break;
            case WriterStep.AnnounceLate:
                my.Step = WriterStep.ListPacks;
                my.Listed = world.Packs;
                next.Announced |= bit;
                moves.Add(next, Describe("announces session", session));
                break;
            case WriterStep.ListCondemned:
                if (!scenario.Has(Rule.NeverMergeRecords))
                {
                    my.Step = WriterStep.ReadCondemned;
                    my.Condemned = world.Records;
                    moves.Add(next, Describe("lists condemned records", world.Records));
                }
                else
                {
                    AddCondemned(world, index, world.AllCondemnedPacks);
                }
                break;
            case WriterStep.ReadCondemned:
                Span<int> seenRecords = stackalloc int[3];
                foreach (int records in Moves.Lists(me.Condemned, world.Records, seenRecords))
                {
                    int condemned = 0;
                    for (int left = records & world.Records; left != 0; left &= left - 1)
                    {
                        condemned |= world.CondemnedPacks[int.TrailingZeroCount(left)];
                    }
                    AddCondemned(world, index, condemned);
                }
                break;
            case WriterStep.ListPacks:
                Span<int> seenPacks = stackalloc int[3];
                foreach (int packs in Moves.Lists(me.Listed, world.Packs, seenPacks))
                {
                    my.Step = WriterStep.ListIndex;
                    my.Listed = packs;
                    my.Indexed = world.Indexed;
                    moves.Add(next, Describe("lists packs", packs));
                }
                break;
            case WriterStep.ListIndex:
                Span<int> seenIndex = stackalloc int[3];
                foreach (int indexed in Moves.Lists(me.Indexed, world.Indexed, seenIndex))
                {
                    int usable = indexed & (scenario.Has(Rule.ListPacks) ? me.Listed : -1)
                        & ~(scenario.Has(Rule.MindCondemned) ? me.Condemned : 0);
                    AddPlan(world, index, usable, "loads the index", indexed);
                }
                break;
            case WriterStep.EndOld:
                my.Renews = false;
                my.Step = me.Missing != 0 ? WriterStep.PutPack : WriterStep.PutIntent;
                next.Announced &= ~(bit >> 1);
                moves.AddRequest(world, next, Describe("ends its old session", session - 1), new Late(LateKind.EndSession, session - 1));
                break;
            case WriterStep.PutPack:
                int pack = NewPack(me, index);
                next.PutPack(pack, me.Missing);
                my.Step = WriterStep.PutSegment;
                if (scenario.Remembers)
                {
                    my.Relied |= 1 << pack;
                    my.Listed |= 1 << pack;
                }
                moves.AddRequest(world, next, Describe("puts pack", pack), new Late(LateKind.PutPack, pack));
                break;
            case WriterStep.PutSegment:
                int named = NewPack(me, index);
                next.Segments |= 1 << named;
                my.Missing = 0;
                my.Step = WriterStep.PutIntent;
                moves.AddRequest(world, next, Describe("puts the segment of pack", named), new Late(LateKind.PutSegment, named));
                break;
            case WriterStep.PutIntent:
                my.Step = WriterStep.Check;
                if (!scenario.Has(Rule.IntendFirst))
                {
                    AddCheck(world, index, session);
                    break;
                }
                next.Intents[session] = snapshot + 1;
                moves.AddRequest(world, next, Describe("puts the intent of snapshot", snapshot), PutIntent(session, snapshot));
                break;
            case WriterStep.Check:
                AddCheck(world, index, session);
                break;
            case WriterStep.PutSnapshot:
                my.Step = scenario.Has(Rule.KeepIntent) ? WriterStep.DeleteIntent : WriterStep.End;
                my.Step = scenario.Has(Rule.KeepSession) ? my.Step : WriterStep.Over;
                next.Snapshots |= snapshotBit;
                next.Promised |= snapshotBit & ~world.Hidden;
                moves.AddRequest(world, next, Describe("puts snapshot", snapshot), new Late(LateKind.PutSnapshot, snapshot));
                break;
            case WriterStep.DeleteIntent:
                next.Intents[session] = 0;
                AfterCommit(ref next, index);
                moves.AddRequest(world, next, Describe("deletes the intent of snapshot", snapshot), DeleteIntent(session, snapshot));
                break;
            case WriterStep.Withdraw:
                next.Intents[session] = 0;
                my = me.Attempt + 1 < scenario.Attempts
                    ? new Writer { Attempt = me.Attempt + 1, Phase = me.Phase }
                    : new Writer { Step = WriterStep.Over };
                if (!scenario.Has(Rule.Revalidate) && my.Step != WriterStep.Over)
                {
                    // A new session, but the old knowledge.
                    my = me with { Attempt = me.Attempt + 1, Step = WriterStep.PutIntent };
                    next.Announced |= bit << 1;
                }
                moves.AddRequest(world, next, Describe("withdraws the intent of snapshot", snapshot), DeleteIntent(session, snapshot));
                break;
            case WriterStep.End:
                my = new Writer { Step = WriterStep.Over };
                next.Announced &= ~bit;
                next.Known[session] = 0;
                moves.AddRequest(world, next, Describe("ends session", session), new Late(LateKind.EndSession, session));
                break;
            default:
                break;
        }
        return;

        Move Describe(string what, int value) => new("writer", index, what, value);
    }

    private static Late PutIntent(int session, int snapshot) => new(LateKind.PutIntent, (session << 4) | (snapshot + 1));

    private static Late DeleteIntent(int session, int snapshot) => new(LateKind.DeleteIntent, (session << 4) | (snapshot + 1));

    // With names made of contents, the copy of what an old pack held is that pack.
    private int NewPack(in Writer me, int index)
    {
        int old = scenario.Has(Rule.FreshNames) ? -1 : Array.IndexOf(scenario.Packs, me.Missing);
        return old >= 0 ? old : scenario.PackOf(index, me.Attempt, me.Phase);
    }

    private void AddCondemned(in World world, int index, int condemned)
    {
        ref readonly Writer me = ref world.Writers[index];
        if (me.Renews && (!scenario.Has(Rule.ReviewAtRenewal) || (me.Relied & condemned) == 0))
        {
            int usable = scenario.Has(Rule.ReviewAtRenewal) ? me.Listed & ~condemned : me.Listed;
            AddPlan(world, index, usable, "goes on in a new session; condemned", condemned);
            return;
        }
        World next = world;
        ref Writer my = ref next.Writers[index];
        my.Step = WriterStep.ListPacks;
        my.Condemned = condemned;
        my.Listed = world.Packs;
        my.Relied = 0;
        moves.Add(next, new Move("writer", index, "reads condemned", condemned));
    }

    // What it needs and has not, it stores.
    private void AddPlan(in World world, int index, int usable, string what, int value)
    {
        World next = world;
        ref Writer my = ref next.Writers[index];
        int need = scenario.NeedsOf(scenario.SnapshotOf(index, my.Phase));
        int relied = world.PacksFor(need, usable);
        int have = world.BlobsIn(relied);
        my.Condemned = 0;
        my.Indexed = 0;
        my.Listed = scenario.Remembers ? usable : 0;
        my.Relied = scenario.Remembers ? my.Relied | relied : 0;
        my.Missing = need & ~have;
        my.Step = my.Renews ? WriterStep.EndOld : my.Missing != 0 ? WriterStep.PutPack : WriterStep.PutIntent;
        moves.Add(next, new Move("writer", index, what, value));
    }

    private void AddCheck(in World world, int index, int session)
    {
        World next = world;
        bool stands = (world.Announced >> session & 1) != 0 && (world.Fenced >> session & 1) == 0;
        ref Writer my = ref next.Writers[index];
        if (!stands && scenario.Has(Rule.CheckFence))
        {
            my.Step = WriterStep.Withdraw;
            moves.Add(next, new Move("writer", index, "sees that it was fenced in session", session));
            return;
        }
        my.Step = WriterStep.PutSnapshot;
        if (!scenario.Has(Rule.KeepIntent))
        {
            next.Intents[session] = 0;
        }
        if (!scenario.Has(Rule.KeepSession))
        {
            next.Intents[session] = 0;
            next.Announced &= ~(1 << session);
        }
        moves.Add(next, new Move("writer", index, "stands in session", session));
    }

    private void AfterCommit(ref World next, int index)
    {
        ref Writer my = ref next.Writers[index];
        if (my.Phase + 1 >= scenario.Writers[index].Length)
        {
            my = new Writer { Step = WriterStep.End, Attempt = my.Attempt, Phase = my.Phase };
        }
        else if (!scenario.Renews)
        {
            // The same session goes on with what it knows.
            my.Phase++;
            int need = scenario.NeedsOf(scenario.SnapshotOf(index, my.Phase));
            my.Missing = need & ~next.BlobsIn(my.Listed);
            my.Relied |= next.PacksFor(need, my.Listed);
            my.Step = my.Missing != 0 ? WriterStep.PutPack : WriterStep.PutIntent;
        }
        else if (my.Attempt + 1 < scenario.Attempts)
        {
            my = my with { Step = WriterStep.Announce, Attempt = my.Attempt + 1, Phase = my.Phase + 1, Renews = true };
        }
        else
        {
            my = new Writer { Step = WriterStep.Over };
        }
    }
}
