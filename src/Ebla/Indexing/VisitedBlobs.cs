namespace Ebla.Indexing;

/// <summary>One bit per entry of a <see cref="BlobIndex"/>: 12.5 MB for a hundred million blobs. Grows with the index.</summary>
internal sealed class VisitedBlobs(long entryCount)
{
    private const int BitsPerPage = 1 << 20;

    private ulong[]?[] _pages = new ulong[]?[(int)((entryCount + BitsPerPage - 1) / BitsPerPage)];

    /// <summary>Sets a bit; true if it was not set before.</summary>
    public bool Add(long ordinal)
    {
        int place = (int)(ordinal / BitsPerPage);
        if (place >= _pages.Length)
        {
            Array.Resize(ref _pages, place + 1);
        }
        ref ulong[]? page = ref _pages[place];
        page ??= new ulong[BitsPerPage / 64];
        int bit = (int)(ordinal % BitsPerPage);
        ulong mask = 1UL << (bit % 64);
        bool isNew = (page[bit / 64] & mask) == 0;
        page[bit / 64] |= mask;
        return isNew;
    }

    /// <summary>Takes all bits back.</summary>
    public void Clear()
    {
        foreach (ulong[]? page in _pages)
        {
            page?.AsSpan().Clear();
        }
    }

    /// <summary>The bits that are set, ascending.</summary>
    public IEnumerable<long> All()
    {
        for (int index = 0; index < _pages.Length; index++)
        {
            if (_pages[index] is not { } page)
            {
                continue;
            }
            for (int word = 0; word < page.Length; word++)
            {
                for (ulong bits = page[word]; bits != 0; bits &= bits - 1)
                {
                    yield return (long)index * BitsPerPage + word * 64 + System.Numerics.BitOperations.TrailingZeroCount(bits);
                }
            }
        }
    }

    /// <summary>Whether a bit is set.</summary>
    public bool Contains(long ordinal)
    {
        int bit = (int)(ordinal % BitsPerPage);
        int place = (int)(ordinal / BitsPerPage);
        return place < _pages.Length && _pages[place] is { } page && (page[bit / 64] & (1UL << (bit % 64))) != 0;
    }
}
