using System.Runtime.CompilerServices;

namespace Ebla.Tests.PruneModel;

/// <summary>One state: what the store holds, and what each process knows. Sets are bit masks.</summary>
internal struct World
{
    public const int BlobBits = 2;
    public const int BlobMask = (1 << BlobBits) - 1;

    /// <summary>Packs that exist.</summary>
    public int Packs;

    /// <summary>What each pack holds or held, <see cref="BlobBits"/> each.</summary>
    public long Contents;

    /// <summary>Packs whose own segment exists.</summary>
    public int Segments;

    /// <summary>Merged segments: the packs that each names; 0 if there is none.</summary>
    public Slots Merged;

    /// <summary>Condemned records that exist.</summary>
    public int Records;

    /// <summary>The packs that each condemned record names.</summary>
    public Slots CondemnedPacks;

    /// <summary>The snapshots that each condemned record names.</summary>
    public Slots CondemnedSnapshots;

    /// <summary>Sessions whose announcement exists.</summary>
    public int Announced;

    /// <summary>Sessions against which a fence exists.</summary>
    public int Fenced;

    /// <summary>The condemned records that each session's heartbeat says it knows, and relies on nothing of.</summary>
    public Slots Known;

    /// <summary>The intent of each session: a snapshot's number plus one.</summary>
    public Slots Intents;

    /// <summary>Snapshots that exist.</summary>
    public int Snapshots;

    /// <summary>Snapshots on which a forgotten note exists.</summary>
    public int Forgotten;

    /// <summary>Snapshots whose forgotten note is taken back.</summary>
    public int Withdrawn;

    /// <summary>Snapshots that were forgotten once more after that, by a new note.</summary>
    public int ForgottenAgain;

    /// <summary>Snapshots that a pruner said for good to have removed.</summary>
    public int Removed;

    /// <summary>Snapshots that somebody was told to have.</summary>
    public int Promised;

    /// <summary>The request that will take effect late, or whether there was one.</summary>
    public Late Late;
    public Pair<Writer> Writers;
    public Pair<Pruner> Pruners;
    public Finisher Finisher;
    public Undeleter Undeleter;

    /// <summary>All packs that some condemned record names.</summary>
    public readonly int AllCondemnedPacks => Union(CondemnedPacks, Records);

    /// <summary>All snapshots that some condemned record names.</summary>
    public readonly int AllCondemnedSnapshots => Union(CondemnedSnapshots, Records);

    /// <summary>All packs that some segment names.</summary>
    public readonly int Indexed
    {
        get
        {
            int named = Segments;
            for (int slot = 0; slot < Slots.Count; slot++)
            {
                named |= Merged[slot];
            }
            return named;
        }
    }

    /// <summary>Snapshots that have an intent.</summary>
    public readonly int Intended
    {
        get
        {
            int snapshots = 0;
            for (int session = 0; session < Slots.Count; session++)
            {
                if (Intents[session] > 0)
                {
                    snapshots |= 1 << (Intents[session] - 1);
                }
            }
            return snapshots;
        }
    }

    /// <summary>Snapshots on which a note says that they are forgotten.</summary>
    public readonly int Hidden => (Forgotten & ~Withdrawn) | ForgottenAgain | Removed;

    /// <summary>Snapshots that every reader sees.</summary>
    public readonly int Counting => Snapshots & ~Hidden;

    /// <summary>Those, and the forgotten that can be had back.</summary>
    public readonly int Recoverable => Counting | (Snapshots & ~AllCondemnedSnapshots & ~Removed);

    /// <summary>The blobs that these packs hold.</summary>
    public readonly int BlobsIn(int packs)
    {
        int blobs = 0;
        for (; packs != 0; packs &= packs - 1)
        {
            blobs |= ContentOf(int.TrailingZeroCount(packs));
        }
        return blobs;
    }

    /// <summary>Of these packs, in their order, those that hold a blob of these which none before holds.</summary>
    public readonly int PacksFor(int blobs, int packs)
    {
        int chosen = 0;
        for (; packs != 0; packs &= packs - 1)
        {
            int pack = int.TrailingZeroCount(packs);
            chosen |= (ContentOf(pack) & blobs) != 0 ? 1 << pack : 0;
            blobs &= ~ContentOf(pack);
        }
        return chosen;
    }

    public readonly int ContentOf(int pack) => (int)(Contents >> (BlobBits * pack)) & BlobMask;

    public void PutPack(int pack, int content)
    {
        Packs |= 1 << pack;
        Contents |= (long)content << (BlobBits * pack);
    }

    /// <summary>Whether a session says that it relies on none of these.</summary>
    public readonly bool IsAtEase(int session, int packs, int snapshots)
        => (packs & ~Union(CondemnedPacks, Known[session])) == 0 && (snapshots & ~Union(CondemnedSnapshots, Known[session])) == 0;

    private static int Union(in Slots sets, int which)
    {
        int union = 0;
        for (; which != 0; which &= which - 1)
        {
            union |= sets[int.TrailingZeroCount(which)];
        }
        return union;
    }

    [InlineArray(Count)]
    public struct Slots
    {
        public const int Count = 8;
        private int _first;
    }

    [InlineArray(2)]
    public struct Pair<T>
        where T : struct
    {
        private T _first;
    }
}
