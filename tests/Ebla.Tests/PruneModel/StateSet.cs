using System.Numerics;

namespace Ebla.Tests.PruneModel;

/// <summary>Every state seen so far, in the order in which they were found, each with the one it was reached from.</summary>
internal sealed class StateSet(int wordCount)
{
    private const int ChunkBits = 14;

    private readonly List<ulong[]> _chunks = [];
    private int[] _parents = new int[1 << ChunkBits];
    private int[] _table = new int[1 << (ChunkBits + 1)];

    public int Count { get; private set; }

    public ReadOnlySpan<ulong> this[int state] => _chunks[state >> ChunkBits].AsSpan((state & ((1 << ChunkBits) - 1)) * wordCount, wordCount);

    public int ParentOf(int state) => _parents[state];

    /// <summary>True if it is new; then it is the last.</summary>
    public bool TryAdd(ReadOnlySpan<ulong> words, int parent)
    {
        int mask = _table.Length - 1;
        int place = (int)Hash(words) & mask;
        for (; _table[place] != 0; place = (place + 1) & mask)
        {
            if (this[_table[place] - 1].SequenceEqual(words))
            {
                return false;
            }
        }
        int state = Count;
        if (state >> ChunkBits == _chunks.Count)
        {
            _chunks.Add(new ulong[wordCount << ChunkBits]);
        }
        if (state == _parents.Length)
        {
            Array.Resize(ref _parents, 2 * state);
        }
        words.CopyTo(_chunks[state >> ChunkBits].AsSpan((state & ((1 << ChunkBits) - 1)) * wordCount));
        _parents[state] = parent;
        _table[place] = state + 1;
        Count++;
        if (2 * Count > _table.Length)
        {
            Grow();
        }
        return true;
    }

    private static uint Hash(ReadOnlySpan<ulong> words)
    {
        ulong hash = 0x9E3779B97F4A7C15;
        foreach (ulong word in words)
        {
            hash = BitOperations.RotateLeft((hash ^ word) * 0xD6E8FEB86659FD93, 29);
        }
        hash *= 0xD6E8FEB86659FD93;
        return (uint)(hash >> 32);
    }

    private void Grow()
    {
        _table = new int[2 * _table.Length];
        int mask = _table.Length - 1;
        for (int state = 0; state < Count; state++)
        {
            int place = (int)Hash(this[state]) & mask;
            while (_table[place] != 0)
            {
                place = (place + 1) & mask;
            }
            _table[place] = state + 1;
        }
    }
}
