using Ebla.Indexing;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Operations.Copies;

/// <summary>
/// Walks the source's catalog from the roots of snapshots, each blob once in all. Remembers which blobs cannot be had, so that every
/// snapshot that needs one is found.
/// </summary>
/// <remarks>Memory: one bit per blob of the index, 16 MiB, and 8 bytes per tree blob waiting.</remarks>
internal sealed class CopyWalk(BlobIndex index)
{
    private readonly VisitedBlobs _visited = new(index.EntryCount);
    private readonly RecentIds _recent = new(index.EntryCount);
    private readonly Lock _lock = new();
    private readonly HashSet<ShortId> _lost = [];

    /// <summary>Why the first blob that was lost cannot be had; null if none was.</summary>
    public string? FirstLoss { get; private set; }

    /// <summary>Visits everything below a root that was not visited before.</summary>
    /// <param name="root">The root.</param>
    /// <param name="reached">
    /// Told of each blob, with the ordinal of its first copy. Whether to visit what the blob refers to, if it is a tree blob.
    /// </param>
    /// <param name="cancellationToken">Cancels.</param>
    public void Visit(BlobId root, Func<long, CatalogEntry, bool> reached, CancellationToken cancellationToken)
        => Visit(_visited, _recent, ShortId.Of(root), reached, id => Lose(id, "it is in no pack that is there"), cancellationToken);

    /// <summary>Takes note that a blob cannot be had. From any thread.</summary>
    public void Lose(ShortId id, string why)
    {
        lock (_lock)
        {
            if (_lost.Add(id))
            {
                FirstLoss ??= why;
            }
        }
    }

    /// <summary>Whether a snapshot needs a blob that cannot be had.</summary>
    public bool NeedsLost(BlobId root, CancellationToken cancellationToken)
    {
        if (_lost.Count == 0)
        {
            return false;
        }
        bool isFound = _lost.Contains(ShortId.Of(root));
        Visit(
            new VisitedBlobs(index.EntryCount), new RecentIds(index.EntryCount), ShortId.Of(root),
            (_, entry) => !(isFound |= _lost.Contains(ShortId.Of(entry.Id))),
            _ => isFound = true,
            cancellationToken);
        return isFound;
    }

    private void Visit(
        VisitedBlobs visited, RecentIds recent, ShortId root, Func<long, CatalogEntry, bool> reached, Action<ShortId> missed,
        CancellationToken cancellationToken)
    {
        Stack<long> waiting = [];
        List<BlobId> ids = [];
        VisitOne(root);
        while (waiting.TryPop(out long ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> links = index.GetLinks(index.GetEntry(ordinal));
            for (int offset = 0; offset < links.Length; offset += ShortId.SizeInBytes)
            {
                VisitOne(ShortId.Read(links[offset..]));
            }
        }

        // Two blobs whose ids begin alike both count as referred to.
        void VisitOne(ShortId id)
        {
            if (!recent.TryAdd(id))
            {
                return;
            }
            ids.Clear();
            foreach (long ordinal in index.FindOrdinals(id))
            {
                CatalogEntry entry = index.GetEntry(ordinal);
                bool isFirstCopy = !ids.Contains(entry.Id);
                if (isFirstCopy)
                {
                    ids.Add(entry.Id);
                }
                if (visited.Add(ordinal) && isFirstCopy && reached(ordinal, entry) && entry.Row.Kind == FrameKind.Tree)
                {
                    waiting.Push(ordinal);
                }
            }
            if (ids.Count == 0)
            {
                missed(id);
            }
        }
    }
}
