namespace Ebla.Tests.PruneModel;

/// <summary>
/// What two lone prunes make of a store whose every process died: everything needed must be there afterwards, and nothing else.
/// </summary>
internal sealed class Recovery(Scenario scenario)
{
    /// <summary>Null if all is well.</summary>
    public string? Check(in World world)
    {
        World store = world;
        int copies = scenario.PackCount;
        int needed = scenario.NeedsOfAll(world.Counting);
        for (int run = 0; run < 3; run++)
        {
            if (!scenario.Has(Rule.PassOverBrokenIntents) && (scenario.NeedsOfAll(store.Intended) & ~store.BlobsIn(store.Packs)) != 0)
            {
                break; // Damage first.
            }
            Prune(ref store, ref copies);
            Finish(ref store);
        }
        int live = scenario.NeedsOfAll(store.Counting);
        int useful = 0;
        for (int left = store.Packs; left != 0; left &= left - 1)
        {
            int pack = int.TrailingZeroCount(left);
            useful |= (store.ContentOf(pack) & live) != 0 ? 1 << pack : 0;
        }
        return (needed & ~live) != 0 || (world.Counting & ~store.Counting) != 0 ? "a prune after it loses a snapshot"
            : (live & ~store.BlobsIn(store.Packs & store.Indexed)) != 0 ? "a prune after it loses blobs"
            : (store.Packs & store.AllCondemnedPacks) != 0 ? "condemned packs stay for ever"
            : store.Packs != useful ? "packs that nobody needs stay for ever"
            : (store.Snapshots & store.Hidden) != 0 ? "forgotten snapshots stay for ever"
            : store.Intended != 0 ? "intents stay for ever"
            : store.Announced != 0 || (store.Fenced != 0 && !scenario.Has(Rule.FenceForEver)) ? "sessions stay for ever"
            : null;
    }

    private void Prune(ref World store, ref int copies)
    {
        int roots = store.Counting | store.Intended;
        int expired = store.Snapshots & store.Hidden & ~store.Intended;
        int live = scenario.NeedsOfAll(roots);
        int condemned = store.AllCondemnedPacks;
        int known = scenario.Has(Rule.FindUnnamedPacks) ? store.Packs : store.Packs & store.Indexed;
        int doomed = scenario.Has(Rule.Adopt) ? condemned & store.Packs : 0;
        for (int left = known & ~condemned; left != 0; left &= left - 1)
        {
            int pack = int.TrailingZeroCount(left);
            doomed |= (store.ContentOf(pack) & live) == 0 ? 1 << pack : 0;
        }
        store.Segments |= known & ~doomed & ~condemned; // What no segment names is named.
        condemned |= doomed;
        store.CondemnedPacks[0] |= doomed;
        store.Records |= 1;
        int wanted = live & store.BlobsIn(doomed & store.Packs) & ~store.BlobsIn(store.Packs & store.Indexed & ~condemned);
        if (wanted != 0)
        {
            store.PutPack(copies, wanted);
            store.Segments |= 1 << copies++;
        }
        int gone = store.Fenced & ~store.Announced;
        store.Fenced |= store.Announced;
        store.Removed |= expired;
        store.Snapshots &= ~expired;
        store.Packs &= ~doomed;
        store.Announced &= ~store.Fenced;
        store.Fenced &= scenario.Has(Rule.FenceForEver) ? -1 : ~gone;
    }

    private void Finish(ref World store)
    {
        for (int session = 0; session < scenario.Sessions && scenario.Has(Rule.FinishIntents); session++)
        {
            if (store.Intents[session] == 0)
            {
                continue;
            }
            int snapshot = store.Intents[session] - 1;
            int needs = scenario.NeedsOf(snapshot);
            bool isWhole = (needs & ~store.BlobsIn(store.Packs & store.Indexed & ~store.AllCondemnedPacks)) == 0;
            bool isLost = (needs & ~store.BlobsIn(store.Packs)) != 0;
            if (((store.Snapshots | store.Hidden) >> snapshot & 1) != 0 || isWhole || isLost)
            {
                store.Intents[session] = 0;
                store.Snapshots |= isWhole && (store.Hidden >> snapshot & 1) == 0 ? 1 << snapshot : 0;
            }
        }
    }
}
