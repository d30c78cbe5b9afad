namespace Ebla.Tests.PruneModel;

/// <summary>
/// A heartbeat of a session that has loaded the catalog, beside what its writer does; docs/prune.md, "Heartbeats". Only those which say
/// something new.
/// </summary>
internal sealed class BeatMoves(Scenario scenario, Moves moves)
{
    public void AddAll(in World world, int index)
    {
        ref readonly Writer me = ref world.Writers[index];
        if (!scenario.Beats || me.Step is < WriterStep.PutPack or > WriterStep.DeleteIntent)
        {
            return;
        }
        World next = world;
        ref Writer my = ref next.Writers[index];
        int session = scenario.SessionOf(index, me.Attempt);
        switch (me.Beat)
        {
            case BeatStep.Idle when (world.Records & ~world.Known[session]) != 0:
                AddBegin(world, index);
                break;
            case BeatStep.ListPacks:
                Span<int> seenPacks = stackalloc int[3];
                foreach (int packs in Moves.Lists(me.BeatListed, world.Packs, seenPacks))
                {
                    my.Beat = BeatStep.ListIndex;
                    my.BeatListed = packs;
                    my.BeatIndexed = world.Indexed;
                    moves.Add(next, new Move("heartbeat", index, "lists packs", packs));
                }
                break;
            case BeatStep.ListIndex:
                Span<int> seenIndex = stackalloc int[3];
                foreach (int indexed in Moves.Lists(me.BeatIndexed, world.Indexed, seenIndex))
                {
                    AddMove(world, index, indexed);
                }
                break;
            case BeatStep.Put:
                next.Known[session] |= me.BeatRecords;
                my.Beat = BeatStep.Idle;
                my.BeatRecords = 0;
                moves.Add(next, new Move("heartbeat", index, "says that it knows records", me.BeatRecords));
                break;
            default:
                break;
        }
    }

    // From here on it relies on no more of what is condemned.
    private void AddBegin(in World world, int index)
    {
        World next = world;
        ref Writer my = ref next.Writers[index];
        int condemned = world.AllCondemnedPacks;
        my.BeatRecords = world.Records;
        my.Listed &= scenario.Has(Rule.StayAway) ? ~condemned : -1;
        my.Beat = BeatStep.Put;
        if ((my.Relied & condemned) != 0 && scenario.Has(Rule.GiveUpFirst))
        {
            my.Beat = BeatStep.ListPacks;
            my.BeatCondemned = condemned;
            my.BeatListed = world.Packs;
        }
        moves.Add(next, new Move("heartbeat", index, "reads condemned", condemned));
    }

    // What it relies on in condemned packs it looks for elsewhere. Records of which something stays it does not say that it knows.
    private void AddMove(in World world, int index, int indexed)
    {
        World next = world;
        ref Writer my = ref next.Writers[index];
        int usable = indexed & my.BeatListed & ~my.BeatCondemned;
        int need = 0;
        for (int phase = 0; phase <= my.Phase; phase++)
        {
            need |= scenario.NeedsOf(scenario.SnapshotOf(index, phase));
        }
        int safe = my.Relied & ~my.BeatCondemned;
        int lost = need & world.BlobsIn(my.Relied & my.BeatCondemned) & ~world.BlobsIn(safe);
        int others = world.PacksFor(lost, usable);
        my.Listed |= usable;
        if ((lost & ~world.BlobsIn(others)) == 0)
        {
            my.Relied = safe | others;
        }
        for (int left = my.BeatRecords; left != 0; left &= left - 1)
        {
            int record = int.TrailingZeroCount(left);
            my.BeatRecords &= (world.CondemnedPacks[record] & my.Relied) != 0 ? ~(1 << record) : -1;
        }
        my.Beat = my.BeatRecords == 0 ? BeatStep.Idle : BeatStep.Put;
        my.BeatCondemned = my.BeatListed = my.BeatIndexed = 0;
        moves.Add(next, new Move("heartbeat", index, "loads the index", indexed));
    }
}
