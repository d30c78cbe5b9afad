using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Indexing;

/// <summary>Walks the catalog from tree roots: what is reachable, and what is missing. Needs no content key.</summary>
/// <remarks>Memory: one bit per blob of the index, 16 MiB, and 16 bytes per tree blob waiting.</remarks>
internal sealed class CatalogWalk(BlobIndex index)
{
    // Where an index is lost, everything is missing; to know that much is enough.
    private const int MissingMax = 1 << 16;

    private readonly VisitedBlobs _visited = new(index.EntryCount);
    private readonly Stack<long> _waiting = [];
    private readonly HashSet<ShortId> _missing = [];
    private readonly RecentIds _recent = new(index.EntryCount);

    /// <summary>Blobs reached that no usable pack holds: some of them, if they are very many.</summary>
    public IReadOnlyCollection<ShortId> Missing => _missing;

    /// <summary>Blobs reached, each counted once.</summary>
    public long BlobCount { get; private set; }

    /// <summary>Rounded plaintext bytes of the blobs reached, each counted once.</summary>
    public long RoundedSizeInBytes { get; private set; }

    /// <summary>Whether the copy of a blob with this ordinal was reached.</summary>
    public bool HasVisited(long ordinal) => _visited.Contains(ordinal);

    /// <summary>Takes a copy of a blob, and all below it, for visited already.</summary>
    public void Skip(long ordinal) => _ = _visited.Add(ordinal);

    /// <summary>Visits everything below a root that was not visited before.</summary>
    public void Visit(BlobId root, CancellationToken cancellationToken)
    {
        Visit(ShortId.Of(root));
        while (_waiting.TryPop(out long ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> links = index.GetLinks(index.GetEntry(ordinal));
            for (int offset = 0; offset < links.Length; offset += ShortId.SizeInBytes)
            {
                Visit(ShortId.Read(links[offset..]));
            }
        }
    }

    private void Visit(ShortId id)
    {
        if (!_recent.TryAdd(id))
        {
            return;
        }
        bool found = false;
        foreach (long ordinal in index.FindOrdinals(id))
        {
            bool isFirstCopy = !found;
            found = true;
            if (!_visited.Add(ordinal))
            {
                continue;
            }
            CatalogEntry entry = index.GetEntry(ordinal);
            if (isFirstCopy)
            {
                BlobCount++;
                RoundedSizeInBytes += entry.RoundedSizeInBytes;
            }
            if (entry.Row.Kind == FrameKind.Tree)
            {
                _waiting.Push(ordinal);
            }
        }
        if (!found && _missing.Count < MissingMax)
        {
            _ = _missing.Add(id);
        }
    }
}
