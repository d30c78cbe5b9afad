using Ebla.Keys;

namespace Ebla.Packs;

/// <summary>
/// Hands out the current sealing and the next frame number of it; a new sealing after a while, so that one key opens little.
/// Safe for concurrent use. Owns its sealings.
/// </summary>
internal sealed class SealingSource(RingKeys ring) : IDisposable
{
    /// <summary>Frames per sealing: about one pack's worth.</summary>
    public const uint FramesPerSealing = 64;

    private readonly Lock _lock = new();
    private readonly List<Sealing> _sealings = [];
    private uint _next;

    public (Sealing Sealing, uint Number) Next()
    {
        lock (_lock)
        {
            if (_sealings.Count == 0 || _next == FramesPerSealing)
            {
                Retire();
                _sealings.Add(ring.NewSealing());
                _next = 0;
            }
            return (_sealings[^1], _next++);
        }
    }

    public void Dispose()
    {
        foreach (Sealing sealing in _sealings)
        {
            sealing.Dispose();
        }
        _sealings.Clear();
    }

    // A retired sealing may still be at work in another thread; the one before it cannot: its 64 frames were sealed long ago.
    private void Retire()
    {
        const int Kept = 8;
        if (_sealings.Count > Kept)
        {
            _sealings[0].Dispose();
            _sealings.RemoveAt(0);
        }
    }
}
