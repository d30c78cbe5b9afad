namespace Ebla.Repositories;

/// <summary>The blobs claimed between two checkpoints, counted. Belongs to <see cref="ClaimedBlobs"/>, whose lock guards it.</summary>
internal sealed class ClaimGeneration
{
    private readonly TaskCompletionSource _allPacked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _allNamed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _unpacked;
    private long _unnamed;
    private bool _isClosed;

    /// <summary>Completes when the generation is closed and each of its blobs is in a pack, perhaps an open one.</summary>
    public Task AllPacked => _allPacked.Task;

    /// <summary>Completes when the generation is closed and each of its blobs is in a pack that is durable and named in a segment.</summary>
    public Task AllNamed => _allNamed.Task;

    public void Claim()
    {
        _unpacked++;
        _unnamed++;
    }

    public void Pack()
    {
        _unpacked--;
        Tell();
    }

    public void Name()
    {
        _unnamed--;
        Tell();
    }

    /// <summary>No more blobs are claimed in it.</summary>
    public void Close()
    {
        _isClosed = true;
        Tell();
    }

    private void Tell()
    {
        if (_isClosed && _unpacked == 0)
        {
            _ = _allPacked.TrySetResult();
        }
        if (_isClosed && _unnamed == 0)
        {
            _ = _allNamed.TrySetResult();
        }
    }
}
