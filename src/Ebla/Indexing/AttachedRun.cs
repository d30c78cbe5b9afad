using System.Numerics;
using Ebla.Primitives;

namespace Ebla.Indexing;

/// <summary>A run of a <see cref="BlobIndex"/>: which of its packs count, and which of its entries somebody was told of. Owns the run.</summary>
internal sealed class AttachedRun
{
    private readonly bool[] _usable;
    private readonly ulong[]? _relied;

    /// <summary>Attaches a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isUsable">Whether a pack of this id and size counts.</param>
    /// <param name="entryBase">The ordinal of its first entry.</param>
    /// <param name="remembers">Whether entries that were told are remembered, at one bit each.</param>
    public AttachedRun(IndexRun run, Func<ObjectId, long, bool> isUsable, long entryBase, bool remembers)
    {
        Run = run;
        EntryBase = entryBase;
        _usable = new bool[run.PackCount];
        for (int pack = 0; pack < _usable.Length; pack++)
        {
            _usable[pack] = isUsable(run.GetPackId(pack), run.GetPackSizeInBytes(pack));
        }
        _relied = remembers ? new ulong[(run.EntryCount + 63) / 64] : null;
    }

    public IndexRun Run { get; }

    public long EntryBase { get; }

    /// <summary>Whether an entry counts. If so its finder relies on it from now on.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="pack">Its pack.</param>
    public bool TryRely(long entry, int pack)
    {
        if (!Volatile.Read(ref _usable[pack]))
        {
            return false;
        }
        if (_relied is not null)
        {
            ref ulong word = ref _relied[entry >> 6];
            ulong bit = 1UL << (int)(entry & 63);
            if ((Volatile.Read(ref word) & bit) == 0)
            {
                // A full fence, as there is one in Shun: either this sees that the pack is shunned, or who shunned it sees the bit.
                _ = Interlocked.Or(ref word, bit);
            }
        }
        return Volatile.Read(ref _usable[pack]);
    }

    /// <summary>None of these packs counts any more.</summary>
    public void Shun(IReadOnlySet<ObjectId> packs)
    {
        for (int pack = 0; pack < _usable.Length; pack++)
        {
            if (_usable[pack] && packs.Contains(Run.GetPackId(pack)))
            {
                Volatile.Write(ref _usable[pack], false);
            }
        }
        Interlocked.MemoryBarrier();
    }

    /// <summary>The blobs of these packs that somebody was told of.</summary>
    public IEnumerable<BlobId> ReliedOnIn(IReadOnlySet<ObjectId> packs)
    {
        bool[] chosen = new bool[_usable.Length];
        for (int pack = 0; pack < chosen.Length; pack++)
        {
            chosen[pack] = packs.Contains(Run.GetPackId(pack));
        }
        if (_relied is null || !chosen.Contains(true))
        {
            yield break;
        }
        for (int i = 0; i < _relied.Length; i++)
        {
            for (ulong left = Volatile.Read(ref _relied[i]); left != 0; left &= left - 1)
            {
                RunEntry entry = Run.GetEntry((64L * i) + BitOperations.TrailingZeroCount(left));
                if (chosen[Run.GetPackOf(entry.Frame)])
                {
                    yield return entry.Id;
                }
            }
        }
    }
}
