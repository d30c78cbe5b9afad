using Ebla.Indexing;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Operations.Checks;

/// <summary>
/// Everything that snapshots refer to, walked once: what is lost, and which tree blobs have something lost at or below them.
/// Needs no content key.
/// </summary>
/// <remarks>
/// Memory: two bits per blob, and the links of one tree blob for each level of directories. The order is depth first, a blob's
/// state being known when all below it are done. Forged links could run in circles: a blob on the way up counts as whole there,
/// and the walk still ends.
/// </remarks>
internal sealed class SnapshotClosure(CheckedCatalog catalog)
{
    /// <summary>So many blobs that the catalog does not know are told apart; beyond that the count is a lower bound.</summary>
    private const int UnknownMax = 1 << 20;

    private readonly BlobIndex _index = catalog.Index;
    private readonly VisitedBlobs _reached = new(catalog.Index.EntryCount);
    private readonly VisitedBlobs _tainted = new(catalog.Index.EntryCount);
    private readonly HashSet<ShortId> _unknown = [];
    private readonly Stack<Step> _steps = [];
    private long _lostKnown;

    /// <summary>Blobs reached that the catalog knows, and those that it does not, each counted once.</summary>
    public long BlobCount { get; private set; }

    /// <summary>Of these, blobs without a whole copy.</summary>
    public long LostCount => _lostKnown + _unknown.Count;

    /// <summary>Of these, blobs that no segment and no pack names.</summary>
    public long UnknownCount => _unknown.Count;

    /// <summary>Walks from a root; true if everything below it is whole.</summary>
    public bool Visit(BlobId root, CancellationToken cancellationToken)
    {
        bool isTainted = Enter(ShortId.Of(root));
        while (_steps.TryPeek(out Step? step))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (step.Next < step.Links.Length)
            {
                ShortId link = ShortId.Read(step.Links.AsSpan(step.Next));
                step.Next += ShortId.SizeInBytes;
                if (Enter(link))
                {
                    _ = _tainted.Add(step.Blob);
                }
                continue;
            }
            _ = _steps.Pop();
            // Several copies of a tree blob stand one above the other here; the lowest hands on to the one that refers to it.
            if (_tainted.Contains(step.Blob) && _steps.TryPeek(out Step? above))
            {
                _ = _tainted.Add(above.Blob);
            }
        }
        return !isTainted && !IsTainted(ShortId.Of(root));
    }

    /// <summary>Whether a snapshot needs the blob.</summary>
    public bool IsReached(ShortId id) => _index.FindOrdinals(id).Any(ordinal => _reached.Contains(ordinal));

    /// <summary>Whether the blob, or something below it, is lost. Only of blobs that were reached.</summary>
    public bool IsTainted(ShortId id)
    {
        long first = FirstOf(id);
        return first < 0 || _tainted.Contains(first);
    }

    /// <summary>Whether no whole copy of the blob is stored.</summary>
    public bool IsLost(ShortId id) => _index.FindOrdinals(id).All(catalog.IsBad);

    // Says whether the blob is known to be tainted already; if it must be walked first, its steps stand on the stack.
    private bool Enter(ShortId id)
    {
        long first = -1;
        bool isLost = true;
        foreach (long ordinal in _index.FindOrdinals(id))
        {
            if (first < 0)
            {
                first = ordinal;
                if (!_reached.Add(ordinal))
                {
                    return _tainted.Contains(ordinal);
                }
                BlobCount++;
            }
            isLost &= catalog.IsBad(ordinal);
            CatalogEntry entry = _index.GetEntry(ordinal);
            if (entry.Row.Kind == FrameKind.Tree)
            {
                _steps.Push(new Step(first, _index.GetLinks(entry).ToArray()));
            }
        }
        if (first < 0)
        {
            if (_unknown.Count < UnknownMax && _unknown.Add(id))
            {
                BlobCount++;
            }
            return true;
        }
        if (isLost)
        {
            _lostKnown++;
            _ = _tainted.Add(first);
        }
        return isLost;
    }

    private long FirstOf(ShortId id)
    {
        foreach (long ordinal in _index.FindOrdinals(id))
        {
            return ordinal;
        }
        return -1;
    }

    // Blob: the ordinal of its first copy, which stands for it.
    private sealed class Step(long blob, byte[] links)
    {
        public long Blob => blob;

        public byte[] Links => links;

        public int Next { get; set; }
    }
}
