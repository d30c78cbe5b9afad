namespace Ebla.Tests.PruneModel;

/// <summary>Forgetting, undeleting, and requests that take effect late.</summary>
internal sealed class OtherMoves(Scenario scenario, Moves moves)
{
    private int Bit => 1 << scenario.Undeletable;

    public void AddAll(in World world)
    {
        AddForget(world);
        AddUndelete(world);
        AddRewrite(world);
        if (world.Late.Kind > LateKind.Spent)
        {
            World next = world;
            Apply(ref next);
            next.Late = new Late(LateKind.Spent, 0);
            moves.Add(next, new Move("store", 0, $"does what was asked for earlier: {world.Late.Kind}", world.Late.Target));
        }
    }

    private void AddForget(in World world)
    {
        for (int left = world.Snapshots & scenario.Forgettable; left != 0; left &= left - 1)
        {
            int snapshot = int.TrailingZeroCount(left);
            int bit = 1 << snapshot;
            World next = world;
            next.Promised &= ~bit;
            if ((world.Forgotten & bit) == 0)
            {
                next.Forgotten |= bit;
            }
            else if ((world.Withdrawn & ~world.ForgottenAgain & bit) != 0)
            {
                next.ForgottenAgain |= bit;
            }
            else
            {
                continue;
            }
            moves.Add(next, new Move("keeper", 0, "forgets snapshot", snapshot));
        }
    }

    private void AddUndelete(in World world)
    {
        World next = world;
        switch (world.Undeleter.Step)
        {
            case UndeleterStep.PutNote when (world.Snapshots & world.Forgotten & Bit) != 0:
                next.Withdrawn |= Bit;
                next.Undeleter.Step = UndeleterStep.Check;
                moves.AddRequest(world, next, Describe("takes back the note on snapshot"), new Late(LateKind.PutWithdrawn, 0));
                break;
            case UndeleterStep.Check:
                bool isCondemned = (world.AllCondemnedSnapshots & Bit) != 0 && scenario.Has(Rule.UndeleteChecksCondemned);
                next.Undeleter.Step = UndeleterStep.Over;
                next.Promised |= isCondemned ? 0 : Bit & ~world.ForgottenAgain;
                moves.Add(next, Describe(isCondemned ? "cannot tell whether it has back snapshot" : "has back snapshot"));
                break;
            default:
                break;
        }
        return;

        Move Describe(string what) => new("undeleter", 0, what, scenario.Undeletable);
    }

    // A tag that is put by rewriting the snapshot, without a session: read once, put some time.
    private void AddRewrite(in World world)
    {
        if (scenario.Has(Rule.RewriteInSession))
        {
            return;
        }
        int rewritten = 1 << scenario.SnapshotOf(0, 0);
        World next = world;
        if ((world.Snapshots & rewritten) == 0)
        {
            next.Snapshots |= rewritten;
            moves.Add(next, new Move("keeper", 0, "rewrites snapshot 0 as", scenario.SnapshotOf(0, 0)));
        }
    }

    private void Apply(ref World world)
    {
        int target = world.Late.Target;
        switch (world.Late.Kind)
        {
            case LateKind.PutPack: world.Packs |= 1 << target; break;
            case LateKind.DeletePack: world.Packs &= ~(1 << target); break;
            case LateKind.PutSegment: world.Segments |= 1 << target; break;
            case LateKind.DeleteSegment:
                world.Segments &= ~(1 << target);
                if (target >= scenario.PackCount)
                {
                    world.Merged[target - scenario.PackCount] = 0;
                }
                break;
            case LateKind.PutMerged: world.Merged[target >> 16] = target & 0xFFFF; break;
            case LateKind.PutRecord: world.Records |= 1 << target; break;
            case LateKind.DeleteRecord: world.Records &= ~(1 << target); break;
            case LateKind.Announce: world.Announced |= 1 << target; break;
            case LateKind.EndSession: world.Announced &= ~(1 << target); break;
            case LateKind.PutFence: world.Fenced |= 1 << target; break;
            case LateKind.DeleteFence: world.Fenced &= ~(1 << target); break;
            case LateKind.PutIntent: world.Intents[target >> 4] = target & 15; break;
            case LateKind.DeleteIntent when world.Intents[target >> 4] == (target & 15): world.Intents[target >> 4] = 0; break;
            case LateKind.DeleteIntent: break;
            case LateKind.PutSnapshot: world.Snapshots |= 1 << target; break;
            case LateKind.DeleteSnapshot: world.Snapshots &= ~(1 << target); break;
            case LateKind.PutWithdrawn: world.Withdrawn |= Bit; break;
            case LateKind.PutRemoved: world.Removed |= target; break;
            default: throw new InvalidOperationException(world.Late.ToString());
        }
    }
}
