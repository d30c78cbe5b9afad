using Ebla.Primitives;

namespace Ebla.Packs;

/// <summary>Blobs gathered for one frame, in memory. One owner, not for concurrent use.</summary>
internal sealed class FrameDraft(FrameKind kind, int targetSizeInBytes) : IDisposable
{
    // A reader refuses a larger frame, whatever the caller would like.
    private readonly int _targetSizeInBytes = Math.Clamp(targetSizeInBytes, 1, FramePlaintext.BlobsSizeInBytesMax);

    private readonly List<FrameBlob> _blobs = [];
    private RentedBuffer? _buffer;
    private int _linkCount;

    public FrameKind Kind => kind;

    /// <summary>Whether <see cref="Content"/> is a frame's plaintext already, as another frame had it: only to be encrypted.</summary>
    public bool IsLaidOut { get; private init; }

    public IReadOnlyList<FrameBlob> Blobs => _blobs;

    /// <summary>Bytes of all blobs together.</summary>
    public int SizeInBytes { get; private set; }

    /// <summary>The blobs' bytes, one behind the other.</summary>
    public ReadOnlySpan<byte> Content => _buffer is null ? default : _buffer.Span[..SizeInBytes];

    /// <summary>A frame whose blobs stay as they were compressed.</summary>
    public static FrameDraft OfLaidOut(FrameKind kind, IReadOnlyList<FrameBlob> blobs, ReadOnlySpan<byte> plaintext)
    {
        FrameDraft draft = new(kind, 1)
        {
            IsLaidOut = true,
            SizeInBytes = plaintext.Length,
            _buffer = new RentedBuffer(plaintext.Length),
        };
        draft._blobs.AddRange(blobs);
        plaintext.CopyTo(draft._buffer.Span);
        return draft;
    }

    /// <summary>Adds a blob, unless the frame is so full that it should go into the next one.</summary>
    public bool TryAdd(BlobId id, ReadOnlySpan<byte> plaintext, IReadOnlyList<ShortId> links)
    {
        Invariant.Check(!IsLaidOut && plaintext.Length is >= 1 and <= FramePlaintext.BlobSizeInBytesMax);
        if (_blobs.Count > 0 && (SizeInBytes + plaintext.Length > _targetSizeInBytes
            || _blobs.Count == FrameRecord.BlobsMax
            || _linkCount + links.Count > FrameRecord.LinksMax))
        {
            return false;
        }
        _buffer ??= new RentedBuffer(Math.Max(_targetSizeInBytes, plaintext.Length));
        plaintext.CopyTo(_buffer.Span[SizeInBytes..]);
        SizeInBytes += plaintext.Length;
        _linkCount += links.Count;
        _blobs.Add(new FrameBlob(id, plaintext.Length, links));
        return true;
    }

    public void Dispose() => _buffer?.Dispose();
}
