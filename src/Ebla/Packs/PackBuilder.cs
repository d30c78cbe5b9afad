using System.Buffers;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Packs;

// PACK, version 1 (docs/format.md, section "Packs")
//   object header 56 | frames | directory: a signed box | trailer 16: size of the box u32 LE, 0 u32, "EBLAPACK"

/// <summary>A pack that is being filled, in memory. One owner; not for concurrent use.</summary>
/// <remarks>Frames are copied in, so that memory is what the pack holds and not what pooled buffers round it up to.</remarks>
internal sealed class PackBuilder : IDisposable
{
    private const int SegmentSizeInBytes = 1 << 20;

    private readonly UnlockedKeys _keys;
    private readonly Stack<byte[]> _pool;
    private readonly List<byte[]> _segments = [];
    private readonly List<FrameRecord> _records = [];
    private readonly Dictionary<Hash256, ReadOnlyMemory<byte>> _sealings = [];
    private readonly Blake3Hasher _hasher = new();
    private int _used = SegmentSizeInBytes;
    private int _directorySize = PackDirectory.FixedSizeInBytes;

    /// <summary>Begins a pack.</summary>
    /// <param name="keys">Keys of the writer.</param>
    /// <param name="pool">Segments to use, and where they go afterwards; shared by builders, locked by them.</param>
    public PackBuilder(UnlockedKeys keys, Stack<byte[]> pool)
    {
        _keys = keys;
        _pool = pool;
        Header = ObjectHeader.Create(keys, ObjectKind.Pack);
        Append(Header);
    }

    public int FrameCount => _records.Count;

    /// <summary>Bytes so far.</summary>
    public long SizeInBytes { get; private set; }

    /// <summary>Bytes that the directory will have.</summary>
    public int DirectorySizeInBytes => _directorySize;

    private byte[] Header { get; }

    /// <summary>Whether another frame may be added.</summary>
    public bool HasRoom => _records.Count < PackDirectory.FramesMax && _sealings.Count < PackDirectory.SealingsMax
        && _directorySize <= PackDirectory.SizeInBytesMax - FrameRecord.SizeInBytesMax - SealingEntry.SizeInBytesMax - 2;

    public void Add(SealedFrame frame)
    {
        Invariant.Check(HasRoom);
        _records.Add(frame.Record);
        _directorySize += frame.Record.Bytes.Length;
        if (_sealings.TryAdd(frame.Record.SealingId, frame.SealingEntry))
        {
            _directorySize += 2 + frame.SealingEntry.Length;
        }
        Append(frame.Ciphertext.Span);
    }

    /// <summary>Adds the directory and the trailer. The content is valid until this is disposed.</summary>
    public PackDraft Complete()
    {
        byte[] directory = PackDirectory.Encode(_sealings.Values, _records);
        byte[] box = SignedBox.Seal(_keys, ObjectKind.Pack, PackCodec.SignatureKind, Header, directory);
        Append(box);
        Append(PackCodec.EncodeTrailer(box.Length));
        PackSegment? first = null;
        PackSegment? last = null;
        for (int i = 0; i < _segments.Count; i++)
        {
            last = new PackSegment(_segments[i].AsMemory(0, i < _segments.Count - 1 ? SegmentSizeInBytes : _used), last);
            first ??= last;
        }
        ReadOnlySequence<byte> content = new(first!, 0, last!, last!.Memory.Length);
        return new PackDraft(new ObjectId(_hasher.Finish()), content, directory);
    }

    public void Dispose()
    {
        lock (_pool)
        {
            _segments.ForEach(_pool.Push);
        }
        _segments.Clear();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _hasher.Append(bytes);
        SizeInBytes += bytes.Length;
        while (!bytes.IsEmpty)
        {
            if (_used == SegmentSizeInBytes)
            {
                _segments.Add(RentSegment());
                _used = 0;
            }
            int length = Math.Min(bytes.Length, SegmentSizeInBytes - _used);
            bytes[..length].CopyTo(_segments[^1].AsSpan(_used));
            _used += length;
            bytes = bytes[length..];
        }
    }

    private byte[] RentSegment()
    {
        lock (_pool)
        {
            return _pool.TryPop(out byte[]? segment) ? segment : GC.AllocateUninitializedArray<byte>(SegmentSizeInBytes);
        }
    }
}
