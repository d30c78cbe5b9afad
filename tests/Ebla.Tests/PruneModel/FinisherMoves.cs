namespace Ebla.Tests.PruneModel;

/// <summary>What a finisher does: complete the snapshot of a session that is over, or drop its intent; docs/prune.md, "Finisher".</summary>
internal sealed class FinisherMoves(Scenario scenario, Moves moves)
{
    public void AddAll(in World world)
    {
        ref readonly Finisher me = ref world.Finisher;
        int own = scenario.FinisherSession;
        World next = world;
        ref Finisher my = ref next.Finisher;
        switch (me.Step)
        {
            case FinisherStep.Announce:
                AddAnnounce(world, own);
                break;
            case FinisherStep.ListCondemned:
                my.Step = FinisherStep.ListPacks;
                my.Condemned = world.AllCondemnedPacks;
                my.Listed = world.Packs;
                moves.Add(next, Describe("reads condemned", my.Condemned));
                break;
            case FinisherStep.ListPacks:
                Span<int> seenPacks = stackalloc int[3];
                foreach (int packs in Moves.Lists(me.Listed, world.Packs, seenPacks))
                {
                    my.Step = FinisherStep.ListIndex;
                    my.Listed = packs;
                    my.Indexed = world.Indexed;
                    moves.Add(next, Describe("lists packs", packs));
                }
                break;
            case FinisherStep.ListIndex:
                Span<int> seenIndex = stackalloc int[3];
                foreach (int indexed in Moves.Lists(me.Indexed, world.Indexed, seenIndex))
                {
                    AddVerdict(world, indexed);
                }
                break;
            case FinisherStep.ListPacksAgain:
                Span<int> seenAgain = stackalloc int[3];
                foreach (int packs in Moves.Lists(me.Listed, world.Packs, seenAgain))
                {
                    bool isLost = (me.Missing & ~world.BlobsIn(packs)) != 0;
                    bool stands = (world.Announced >> own & 1) != 0 && (world.Fenced >> own & 1) == 0;
                    my.Listed = 0;
                    my.Missing = 0;
                    my.Step = isLost && stands ? FinisherStep.Drop : FinisherStep.End;
                    moves.Add(next, Describe("lists packs again", packs));
                }
                break;
            case FinisherStep.PutIntent:
                my.Step = FinisherStep.Check;
                next.Intents[own] = me.Snapshot + 1;
                moves.AddRequest(
                    world, next, Describe("puts an intent of snapshot", me.Snapshot), new Late(LateKind.PutIntent, (own << 4) | (me.Snapshot + 1)));
                break;
            case FinisherStep.Check:
                bool standing = (world.Announced >> own & 1) != 0 && (world.Fenced >> own & 1) == 0;
                my.Step = standing ? FinisherStep.PutSnapshot : FinisherStep.DeleteOwnIntent;
                moves.Add(next, Describe("looks whether it stands", standing ? 1 : 0));
                break;
            case FinisherStep.PutSnapshot:
                my.Step = FinisherStep.DeleteIntent;
                next.Snapshots |= 1 << me.Snapshot;
                moves.AddRequest(world, next, Describe("puts snapshot", me.Snapshot), new Late(LateKind.PutSnapshot, me.Snapshot));
                break;
            case FinisherStep.DeleteIntent:
                my.Step = world.Intents[own] != 0 ? FinisherStep.DeleteOwnIntent : FinisherStep.End;
                AddDeleteIntent(world, next, me.Of);
                break;
            case FinisherStep.Drop:
                my.Step = FinisherStep.End;
                AddDeleteIntent(world, next, me.Of);
                break;
            case FinisherStep.DeleteOwnIntent:
                my.Step = FinisherStep.End;
                AddDeleteIntent(world, next, own);
                break;
            case FinisherStep.End:
                my = new Finisher { Step = FinisherStep.Over };
                next.Announced &= ~(1 << own);
                moves.AddRequest(world, next, Describe("ends session", own), new Late(LateKind.EndSession, own));
                break;
            default:
                break;
        }
    }

    private static Move Describe(string what, int value) => new("finisher", 0, what, value);

    private void AddAnnounce(in World world, int own)
    {
        for (int session = 0; session < scenario.WriterSessions; session++)
        {
            bool isOver = (world.Announced >> session & 1) == 0 || (world.Fenced >> session & 1) != 0;
            if (world.Intents[session] == 0 || !isOver)
            {
                continue;
            }
            World next = world;
            next.Finisher = new Finisher { Step = FinisherStep.ListCondemned, Of = session, Snapshot = world.Intents[session] - 1 };
            if (scenario.Has(Rule.FinishInSession))
            {
                next.Announced |= 1 << own;
            }
            moves.AddRequest(world, next, Describe("announces itself to finish session", session), new Late(LateKind.Announce, own));
        }
    }

    private void AddVerdict(in World world, int indexed)
    {
        ref readonly Finisher me = ref world.Finisher;
        World next = world;
        ref Finisher my = ref next.Finisher;
        int needs = scenario.NeedsOf(me.Snapshot);
        int bit = 1 << me.Snapshot;
        bool isWhole = (needs & ~world.BlobsIn(indexed & me.Listed & ~me.Condemned)) == 0;
        int missing = needs & ~world.BlobsIn(me.Listed);
        bool isLost = missing != 0;
        my.Condemned = my.Indexed = my.Listed = 0;
        if (((world.Snapshots | world.Hidden) & bit) != 0)
        {
            my.Step = FinisherStep.Drop;
            moves.Add(next, Describe("sees what was intended: snapshot", me.Snapshot));
        }
        else if (isWhole)
        {
            my.Step = scenario.Has(Rule.FinishInSession) && scenario.Has(Rule.FinishWithIntent) ? FinisherStep.PutIntent : FinisherStep.PutSnapshot;
            moves.Add(next, Describe("finds it whole: snapshot", me.Snapshot));
        }
        else if (isLost || !scenario.Has(Rule.DropOnlyTheLost))
        {
            my.Step = isLost && scenario.Has(Rule.ListTwiceBeforeDrop) ? FinisherStep.ListPacksAgain : FinisherStep.Drop;
            my.Listed = my.Step == FinisherStep.ListPacksAgain ? world.Packs : 0;
            my.Missing = my.Step != FinisherStep.ListPacksAgain ? 0 : scenario.Has(Rule.MissTheSameBlob) ? missing : needs;
            moves.Add(next, Describe("finds it broken: snapshot", me.Snapshot));
        }
        else
        {
            my.Step = FinisherStep.End;
            moves.Add(next, Describe("leaves for later: snapshot", me.Snapshot));
        }
    }

    private void AddDeleteIntent(in World world, in World after, int session)
    {
        World next = after;
        // The name is of the contents: another intent of that session is another object.
        if (world.Intents[session] == world.Finisher.Snapshot + 1)
        {
            next.Intents[session] = 0;
        }
        moves.AddRequest(
            world, next, Describe("deletes the intent of session", session),
            new Late(LateKind.DeleteIntent, (session << 4) | (world.Finisher.Snapshot + 1)));
    }
}
