using System.Numerics;
using Ebla.Primitives;

namespace Ebla.Indexing;

/// <summary>
/// Blob ids that a walk has just done with: a change of one file makes a new tree blob whose other links are those of the old one, and to look
/// these up in the index costs more than all else of the walk.
/// </summary>
/// <remarks>Memory: 16 bytes for each entry of the index, at most 16 MiB. An id may be forgotten at any time.</remarks>
internal sealed class RecentIds
{
    // Of four places, which are one line of the processor's cache, the one not used for longest is taken.
    private const int Ways = 4;
    private const int SetCountMax = 1 << 18;

    private readonly UInt128[] _ids;
    private readonly int _setMask;

    public RecentIds(long entryCount)
    {
        int setCount = (int)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(entryCount / Ways, 1, SetCountMax));
        _ids = new UInt128[setCount * Ways];
        _setMask = setCount - 1;
    }

    /// <summary>True if the id is not here; it is from now on. For the id 0 always.</summary>
    public bool TryAdd(ShortId id)
    {
        // Ids are hashes: any bits will do.
        Span<UInt128> set = _ids.AsSpan((unchecked((int)(ulong)id.Value) & _setMask) * Ways, Ways);
        int place = set.IndexOf(id.Value);
        bool isNew = place < 0 || id.Value == 0;
        if (place != 0)
        {
            set[..(place < 0 ? Ways - 1 : place)].CopyTo(set[1..]);
            set[0] = id.Value;
        }
        return isNew;
    }
}
