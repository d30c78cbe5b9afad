using Ebla.Primitives;

namespace Ebla.Packs;

/// <summary>The opened content of a frame: its blobs' plaintext, one behind the other. The caller disposes.</summary>
internal sealed class FrameContent : IDisposable
{
    private readonly RentedBuffer _blobs;
    private readonly int[] _ends;

    public FrameContent(FrameKind kind, RentedBuffer blobs, ReadOnlySpan<int> lengths)
    {
        Kind = kind;
        _blobs = blobs;
        _ends = new int[lengths.Length];
        int end = 0;
        for (int place = 0; place < lengths.Length; place++)
        {
            end += lengths[place];
            _ends[place] = end;
        }
    }

    public FrameKind Kind { get; }

    public int BlobCount => _ends.Length;

    public int SizeInBytes => _blobs.Length;

    /// <summary>One blob's plaintext; valid until disposal.</summary>
    public ReadOnlyMemory<byte> GetBlob(int place)
    {
        int start = place == 0 ? 0 : _ends[place - 1];
        return _blobs.Memory[start.._ends[place]];
    }

    public void Dispose() => _blobs.Dispose();
}
