using Ebla.Indexing;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>
/// Blobs that this session stores, until a run of the index holds them; by generations, so that a checkpoint knows when all that was
/// claimed before it is stored. Safe for concurrent use.
/// </summary>
internal sealed class ClaimedBlobs(BlobIndex index)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BlobId, ClaimGeneration> _claimed = [];
    private ClaimGeneration _generation = new();

    /// <summary>Whether the blob is stored, or about to be.</summary>
    public bool Contains(BlobId id)
    {
        lock (_lock)
        {
            if (_claimed.ContainsKey(id))
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
            if (!_claimed.TryAdd(id, _generation))
            {
                return false;
            }
            _generation.Claim();
            return true;
        }
    }

    /// <summary>Claims all of them, which the caller must then store; or none, if any is stored or claimed.</summary>
    public bool TryClaimAll(IReadOnlyList<FrameBlob> blobs)
    {
        if (blobs.Any(blob => index.Contains(blob.Id)))
        {
            return false;
        }
        lock (_lock)
        {
            for (int claimed = 0; claimed < blobs.Count; claimed++)
            {
                if (!_claimed.TryAdd(blobs[claimed].Id, _generation))
                {
                    while (claimed-- > 0)
                    {
                        _ = _claimed.Remove(blobs[claimed].Id);
                    }
                    return false;
                }
            }
            for (int claimed = 0; claimed < blobs.Count; claimed++)
            {
                _generation.Claim();
            }
            return true;
        }
    }

    /// <summary>Begins a new generation.</summary>
    /// <returns>The one before: everything that was claimed since the last call.</returns>
    public ClaimGeneration BeginGeneration()
    {
        lock (_lock)
        {
            ClaimGeneration before = _generation;
            _generation = new ClaimGeneration();
            before.Close();
            return before;
        }
    }

    /// <summary>A frame has come into a pack.</summary>
    public void Pack(FrameRecord frame)
    {
        lock (_lock)
        {
            for (int place = 0; place < frame.BlobCount; place++)
            {
                if (_claimed.TryGetValue(frame.GetBlobId(place), out ClaimGeneration? generation))
                {
                    generation.Pack();
                }
            }
        }
    }

    /// <summary>Forgets claims that a run of the index now holds.</summary>
    public void Release(IEnumerable<IndexedPack> packs)
    {
        lock (_lock)
        {
            foreach (FrameRecord frame in packs.SelectMany(pack => pack.Directory.Frames))
            {
                for (int place = 0; place < frame.BlobCount; place++)
                {
                    if (_claimed.Remove(frame.GetBlobId(place), out ClaimGeneration? generation))
                    {
                        generation.Name();
                    }
                }
            }
        }
    }
}
