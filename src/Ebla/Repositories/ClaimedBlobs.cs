using Ebla.Indexing;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>Blobs that this session stores, until a run of the index holds them. Safe for concurrent use.</summary>
internal sealed class ClaimedBlobs(BlobIndex index)
{
    private readonly Lock _lock = new();
    private readonly HashSet<BlobId> _claimed = [];

    /// <summary>Whether the blob is stored, or about to be.</summary>
    public bool Contains(BlobId id)
    {
        lock (_lock)
        {
            if (_claimed.Contains(id))
            {
                return true;
            }
        }
        return index.Contains(id);
    }

    /// <summary>True for exactly one caller if the blob is not stored: that caller must store it.</summary>
    public bool TryClaim(BlobId id)
    {
        if (index.Contains(id))
        {
            return false;
        }
        lock (_lock)
        {
            return _claimed.Add(id);
        }
    }

    /// <summary>Forgets claims that a run of the index now holds.</summary>
    public void Release(IEnumerable<IndexedPack> packs)
    {
        lock (_lock)
        {
            foreach (Packs.FrameRecord frame in packs.SelectMany(pack => pack.Directory.Frames))
            {
                for (int place = 0; place < frame.BlobCount; place++)
                {
                    _ = _claimed.Remove(frame.GetBlobId(place));
                }
            }
        }
    }
}
