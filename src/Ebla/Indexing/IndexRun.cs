using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using Ebla.Hashing;
using Ebla.Primitives;
using Microsoft.Win32.SafeHandles;

namespace Ebla.Indexing;

/// <summary>
/// A sorted, memory-mapped piece of the catalog: every blob of some packs with its frame, and every tree blob's links. Immutable; safe
/// for concurrent reads. The file is checked whole against its hash when it is opened: read, not mapped, so that of what is mapped only
/// what is looked at takes room.
/// </summary>
internal sealed unsafe class IndexRun : IDisposable
{
    private const int InterpolationsMax = 16;
    private const int HashedAtOnceInBytes = 1 << 20;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly RunLayout _layout;

    private IndexRun(string path, MemoryMappedFile file, MemoryMappedViewAccessor view, byte* start, RunLayout layout)
    {
        Path = path;
        _file = file;
        _view = view;
        _start = start;
        _layout = layout;
    }

    public string Path { get; }

    public int SegmentCount => _layout.SegmentCount;

    public int PackCount => _layout.PackCount;

    public int SealingCount => _layout.SealingCount;

    public int FrameCount => _layout.FrameCount;

    public long EntryCount => _layout.EntryCount;

    public long SealingBytes => _layout.SealingBytes;

    public long LinkBytes => _layout.LinkBytes;

    /// <summary>Maps a run file. Null if it is missing, torn, rotten or of another version: then it is made anew.</summary>
    /// <param name="path">The file.</param>
    /// <param name="laterPath">The path that it is about to get, if another.</param>
    public static IndexRun? TryOpen(string path, string? laterPath = null)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(path);
            long size = RandomAccess.GetLength(handle);
            if (TryReadLayout(handle, size) is not { } layout)
            {
                return null;
            }
            var file = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            MemoryMappedViewAccessor view = file.CreateViewAccessor(0, size, MemoryMappedFileAccess.Read);
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            return new IndexRun(laterPath ?? path, file, view, start, layout);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public ObjectId GetSegment(int segment)
        => ObjectId.Read(Rows(RunLayout.SegmentsOffset, segment, SegmentCount, Hash256.SizeInBytes));

    public ObjectId GetPackId(int pack)
        => ObjectId.Read(Rows(_layout.PacksOffset, pack, PackCount, RunLayout.PackRowSizeInBytes));

    public long GetPackSizeInBytes(int pack) => BinaryPrimitives.ReadInt64LittleEndian(
        Rows(_layout.PacksOffset, pack, PackCount, RunLayout.PackRowSizeInBytes)[Hash256.SizeInBytes..]);

    public FrameRow GetFrame(int frame)
        => FrameRow.Read(Rows(_layout.FramesOffset, frame, FrameCount, RunLayout.FrameRowSizeInBytes));

    /// <summary>The pack of a frame, which most look-ups ask for alone.</summary>
    public int GetPackOf(int frame) => FrameRow.ReadPack(Rows(_layout.FramesOffset, frame, FrameCount, RunLayout.FrameRowSizeInBytes));

    public RunEntry GetEntry(long entry)
        => RunEntry.Read(Rows(_layout.EntriesOffset, entry, EntryCount, RunLayout.EntrySizeInBytes));

    /// <summary>The stored form of a sealing.</summary>
    public ReadOnlySpan<byte> GetSealing(int sealing)
    {
        uint end = ReadSealingEnd(sealing);
        uint start = sealing == 0 ? 0 : ReadSealingEnd(sealing - 1);
        return new ReadOnlySpan<byte>(_start + _layout.SealingsOffset + start, checked((int)(end - start)));
    }

    /// <summary>The section of a frame's links: ends per blob, then links.</summary>
    public ReadOnlySpan<byte> GetLinkSection(FrameRow frame)
    {
        byte* section = _start + _layout.LinksOffset + frame.LinksStart;
        return new ReadOnlySpan<byte>(
            section, checked((int)(4L * frame.BlobCount + LinksUpTo(section, frame.BlobCount) * ShortId.SizeInBytes)));
    }

    /// <summary>The links of one tree blob, 16 bytes each.</summary>
    public ReadOnlySpan<byte> GetLinks(FrameRow frame, int place)
    {
        Invariant.Check(place >= 0 && place < frame.BlobCount);
        byte* section = _start + _layout.LinksOffset + frame.LinksStart;
        long first = LinksUpTo(section, place);
        return new ReadOnlySpan<byte>(
            section + 4L * frame.BlobCount + first * ShortId.SizeInBytes,
            checked((int)(LinksUpTo(section, place + 1) - first) * ShortId.SizeInBytes));
    }

    /// <summary>The ordinal of the first entry whose id is not before <paramref name="id"/>; copies of a blob stand side by side.</summary>
    /// <remarks>Ids are hashes, so interpolation finds the place in two or three steps; a run of crafted ids falls back to halving.</remarks>
    public long FindFirst(BlobId id)
    {
        long low = 0;
        long high = EntryCount;
        ulong lowKey = 0;
        ulong highKey = ulong.MaxValue;
        for (int step = 0; low < high; step++)
        {
            long middle = low + (high - low) / 2;
            ulong key = id.Value.W0;
            if (step < InterpolationsMax && high - low > 8 && key >= lowKey && key <= highKey && highKey > lowKey)
            {
                double part = (double)(key - lowKey) / (highKey - lowKey);
                middle = Math.Clamp(low + (long)(part * (high - low)), low, high - 1);
            }
            BlobId there = BlobId.Read(Rows(_layout.EntriesOffset, middle, EntryCount, RunLayout.EntrySizeInBytes));
            if (there.CompareTo(id) < 0)
            {
                low = middle + 1;
                lowKey = there.Value.W0;
            }
            else
            {
                high = middle;
                highKey = there.Value.W0;
            }
        }
        return low;
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private static long LinksUpTo(byte* section, int place)
        => place == 0 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(section + 4 * (place - 1), 4));

    private uint ReadSealingEnd(int sealing)
        => BinaryPrimitives.ReadUInt32LittleEndian(Rows(_layout.SealingEndsOffset, sealing, SealingCount, 4));

    private ReadOnlySpan<byte> Rows(long section, long row, long rowCount, int rowSize)
    {
        Invariant.Check(row >= 0 && row < rowCount);
        return new ReadOnlySpan<byte>(_start + section + row * rowSize, rowSize);
    }

    // Null if the file is no run, or not as it was written.
    private static RunLayout? TryReadLayout(SafeFileHandle handle, long size)
    {
        if (size < RunLayout.HeaderSizeInBytes + Hash256.SizeInBytes)
        {
            return null;
        }
        Span<byte> header = stackalloc byte[RunLayout.HeaderSizeInBytes];
        if (!TryFill(handle, header, 0) || RunLayout.TryRead(header, size) is not { } layout)
        {
            return null;
        }
        byte[] buffer = new byte[(int)Math.Min(HashedAtOnceInBytes, layout.HashOffset)];
        Blake3Hasher hasher = new();
        for (long offset = 0; offset < layout.HashOffset; offset += buffer.Length)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, layout.HashOffset - offset));
            if (!TryFill(handle, part, offset))
            {
                return null;
            }
            hasher.Append(part);
        }
        Span<byte> hash = stackalloc byte[Hash256.SizeInBytes];
        return TryFill(handle, hash, layout.HashOffset) && hasher.Finish() == Hash256.Read(hash) ? layout : null;
    }

    private static bool TryFill(SafeFileHandle handle, Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(handle, destination, offset);
            if (read == 0)
            {
                return false;
            }
            destination = destination[read..];
            offset += read;
        }
        return true;
    }
}
