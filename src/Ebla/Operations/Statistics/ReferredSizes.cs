using Ebla.Indexing;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Operations.Statistics;

/// <summary>All that a snapshot refers to, and all that a group does, whoever else refers to it too: exact, from the catalog alone.</summary>
/// <remarks>
/// Goes from snapshot to snapshot of a group and counts, for each blob, the links to it from what the present one refers to, as a garbage
/// collector by reference counts does. A tree blob is gone through when it comes and when it goes again: what stays from one snapshot to
/// the next costs nothing. Memory: 4 bytes and a bit per blob.
/// </remarks>
internal sealed class ReferredSizes(CountedCopies copies)
{
    private const int CountsPerPage = 1 << 16;

    private readonly int[]?[] _pages = new int[]?[(int)((copies.EntryCount + CountsPerPage - 1) / CountsPerPage)];
    private readonly Stack<ShortId> _waiting = [];
    private VisitedBlobs _ofGroup = new(copies.EntryCount);
    private BlobTotals _present;
    private BlobId? _root;

    /// <summary>What the snapshots since the start of the group refer to together.</summary>
    public BlobTotals Group { get; private set; }

    /// <summary>How often tree blobs were gone through.</summary>
    public long TreesVisited { get; private set; }

    /// <summary>Starts a group.</summary>
    public void StartGroup(CancellationToken cancellationToken)
    {
        if (_root is { } last)
        {
            Leave(last, cancellationToken);
            _root = null;
        }
        _ofGroup = new VisitedBlobs(copies.EntryCount);
        Group = default;
    }

    /// <summary>Goes to the next snapshot of the group, best in the order of time.</summary>
    /// <returns>What it refers to.</returns>
    public BlobTotals MoveTo(BlobId root, CancellationToken cancellationToken)
    {
        Enter(root, cancellationToken);
        if (_root is { } last)
        {
            Leave(last, cancellationToken);
        }
        _root = root;
        return _present;
    }

    private void Enter(BlobId root, CancellationToken cancellationToken)
    {
        _waiting.Push(ShortId.Of(root));
        while (_waiting.TryPop(out ShortId id))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (copies.Find(id) is not { } ordinal || checked(CountOf(ordinal)++) != 0)
            {
                continue;
            }
            CatalogEntry entry = copies.Get(ordinal);
            BlobTotals measure = copies.Measure(entry);
            _present = _present.And(measure);
            Group = _ofGroup.Add(ordinal) ? Group.And(measure) : Group;
            PushLinks(entry);
        }
    }

    private void Leave(BlobId root, CancellationToken cancellationToken)
    {
        _waiting.Push(ShortId.Of(root));
        while (_waiting.TryPop(out ShortId id))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (copies.Find(id) is { } ordinal && --CountOf(ordinal) == 0)
            {
                CatalogEntry entry = copies.Get(ordinal);
                _present = _present.Less(copies.Measure(entry));
                PushLinks(entry);
            }
        }
    }

    private void PushLinks(CatalogEntry entry)
    {
        if (entry.Row.Kind != FrameKind.Tree)
        {
            return;
        }
        TreesVisited++;
        ReadOnlySpan<byte> links = copies.GetLinks(entry);
        for (int offset = 0; offset < links.Length; offset += ShortId.SizeInBytes)
        {
            _waiting.Push(ShortId.Read(links[offset..]));
        }
    }

    private ref int CountOf(long ordinal)
    {
        ref int[]? page = ref _pages[(int)(ordinal / CountsPerPage)];
        page ??= new int[CountsPerPage];
        return ref page[(int)(ordinal % CountsPerPage)];
    }
}
