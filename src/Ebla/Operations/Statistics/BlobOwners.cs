using Ebla.Indexing;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Operations.Statistics;

/// <summary>Which blobs only one snapshot refers to: exact, from the catalog alone.</summary>
/// <remarks>
/// Memory: 4 bytes per blob. Time: each tree blob is gone through at most twice however many snapshots there are, for what lies
/// below a blob that two snapshots share is shared too.
/// </remarks>
internal sealed class BlobOwners(BlobIndex index)
{
    private const int Nobody = 0;
    private const int Several = -1;
    private const int OwnersPerPage = 1 << 16;

    private readonly int[]?[] _pages = new int[]?[(int)((index.EntryCount + OwnersPerPage - 1) / OwnersPerPage)];
    private readonly Stack<ShortId> _waiting = [];

    /// <summary>Visits all that a snapshot refers to.</summary>
    /// <param name="root">Its root.</param>
    /// <param name="snapshot">Its number, from 1.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public void Visit(BlobId root, int snapshot, CancellationToken cancellationToken)
    {
        _waiting.Push(ShortId.Of(root));
        while (_waiting.TryPop(out ShortId id))
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isFirst = true;
            foreach (long ordinal in index.FindOrdinals(id))
            {
                if (isFirst && !TryOwn(ordinal, snapshot))
                {
                    break;
                }
                isFirst = false;
                CatalogEntry entry = index.GetEntry(ordinal);
                if (entry.Row.Kind == FrameKind.Tree)
                {
                    ReadOnlySpan<byte> links = index.GetLinks(entry);
                    for (int offset = 0; offset < links.Length; offset += ShortId.SizeInBytes)
                    {
                        _waiting.Push(ShortId.Read(links[offset..]));
                    }
                }
            }
        }
    }

    /// <summary>Counts the distinct blobs, in all and by the one snapshot that refers to them.</summary>
    /// <param name="snapshotCount">How many snapshots there are.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>At 0 all blobs, at n those that only snapshot n refers to.</returns>
    public (long Blobs, long SizeInBytes)[] Count(int snapshotCount, CancellationToken cancellationToken)
    {
        (long Blobs, long SizeInBytes)[] counts = new (long, long)[snapshotCount + 1];
        for (long ordinal = 0; ordinal < index.EntryCount; ordinal++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CatalogEntry entry = index.GetEntry(ordinal);
            if (FirstOf(ShortId.Of(entry.Id)) != ordinal)
            {
                continue; // A further copy.
            }
            Add(ref counts[0], entry);
            int owner = OwnerOf(ordinal);
            if (owner > Nobody)
            {
                Add(ref counts[owner], entry);
            }
        }
        return counts;
    }

    private static void Add(ref (long Blobs, long SizeInBytes) count, CatalogEntry entry)
        => count = (count.Blobs + 1, count.SizeInBytes + entry.RoundedSizeInBytes);

    // False if what is below cannot change any more.
    private bool TryOwn(long ordinal, int snapshot)
    {
        ref int[]? page = ref _pages[(int)(ordinal / OwnersPerPage)];
        page ??= new int[OwnersPerPage];
        ref int owner = ref page[(int)(ordinal % OwnersPerPage)];
        if (owner == snapshot || owner == Several)
        {
            return false;
        }
        owner = owner == Nobody ? snapshot : Several;
        return true;
    }

    private int OwnerOf(long ordinal) => _pages[(int)(ordinal / OwnersPerPage)]?[(int)(ordinal % OwnersPerPage)] ?? Nobody;

    private long FirstOf(ShortId id)
    {
        foreach (long ordinal in index.FindOrdinals(id))
        {
            return ordinal;
        }
        return -1;
    }
}
