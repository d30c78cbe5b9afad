using Ebla.Indexing;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Operations.Statistics;

/// <summary>All that a snapshot refers to, and all that a group does, whoever else refers to it too: exact, from the catalog alone.</summary>
/// <remarks>
/// Goes from snapshot to snapshot of a group and counts, for each blob, the links to it from what the present one refers to, as a garbage
/// collector by reference counts does. A tree blob is gone through when it comes and when it goes again: what stays from one snapshot to
/// the next costs nothing. Memory: a bit per blob. Takes 4 bytes more for each in a file without a name.
/// </remarks>
/// <param name="copies">Finds blobs.</param>
/// <param name="newPath">Where the file is made.</param>
internal sealed class ReferredSizes(CountedCopies copies, Func<string> newPath) : IDisposable
{
    private readonly ScratchNumbers _links = new(newPath(), copies.EntryCount);
    private readonly Stack<ShortId> _waiting = [];
    private readonly VisitedBlobs _ofGroup = new(copies.EntryCount);
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
        _ofGroup.Clear();
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

    public void Dispose() => _links.Dispose();

    private void Enter(BlobId root, CancellationToken cancellationToken)
    {
        _waiting.Push(ShortId.Of(root));
        while (_waiting.TryPop(out ShortId id))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (copies.Find(id) is not { } ordinal || checked(_links[ordinal]++) != 0)
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
            if (copies.Find(id) is { } ordinal && --_links[ordinal] == 0)
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
}
