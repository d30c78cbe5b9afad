using System.Buffers.Binary;
using Ebla.Primitives;

namespace Ebla.Indexing;

/// <summary>
/// What an index does not say: which blobs a frame holds. Entries are sorted by id; this has their ordinals by frame and place. For the
/// runs that the index has when it is made. Safe for concurrent reads.
/// </summary>
internal sealed class PlaceTable : IDisposable
{
    private readonly long[] _frameBases;
    private readonly ScratchTable _starts;
    private readonly ScratchTable _ordinals;

    /// <summary>Makes it, in one pass over the index; two files that are gone when it is disposed hold it.</summary>
    public PlaceTable(BlobIndex index, Func<string> newPath)
    {
        IReadOnlyList<IndexRun> runs = index.Runs;
        _frameBases = new long[runs.Count + 1];
        for (int run = 0; run < runs.Count; run++)
        {
            _frameBases[run + 1] = _frameBases[run] + runs[run].FrameCount;
        }
        _starts = new ScratchTable(newPath(), FrameCount, sizeof(long));
        try
        {
            _ordinals = new ScratchTable(newPath(), index.EntryCount, sizeof(long));
        }
        catch
        {
            _starts.Dispose();
            throw;
        }
        Fill(runs);
    }

    /// <summary>The frames of all runs.</summary>
    public long FrameCount => _frameBases[^1];

    /// <summary>A frame's place among those of all runs: in the order of the packs.</summary>
    public long OrdinalOf(FrameAddress frame) => _frameBases[frame.Run] + frame.Frame;

    /// <summary>The frame of an ordinal.</summary>
    public FrameAddress FrameAt(long ordinal)
    {
        int run = 0;
        while (_frameBases[run + 1] <= ordinal)
        {
            run++;
        }
        return new FrameAddress(run, (int)(ordinal - _frameBases[run]));
    }

    /// <summary>The ordinal of the entry of the blob at a place of a frame.</summary>
    public long EntryAt(FrameAddress frame, int place) => Read(_ordinals, Read(_starts, OrdinalOf(frame)) + place);

    public void Dispose()
    {
        _starts.Dispose();
        _ordinals.Dispose();
    }

    private void Fill(IReadOnlyList<IndexRun> runs)
    {
        long entryBase = 0;
        for (int run = 0; run < runs.Count; run++)
        {
            long start = entryBase;
            for (int frame = 0; frame < runs[run].FrameCount; frame++)
            {
                Write(_starts, _frameBases[run] + frame, start);
                start += runs[run].GetFrame(frame).BlobCount;
            }
            Invariant.Check(start == entryBase + runs[run].EntryCount);
            for (long entry = 0; entry < runs[run].EntryCount; entry++)
            {
                RunEntry row = runs[run].GetEntry(entry);
                Write(_ordinals, Read(_starts, _frameBases[run] + row.Frame) + row.Place, entryBase + entry);
            }
            entryBase = start;
        }
    }

    private static long Read(ScratchTable table, long row) => BinaryPrimitives.ReadInt64LittleEndian(table[row]);

    private static void Write(ScratchTable table, long row, long value) => BinaryPrimitives.WriteInt64LittleEndian(table[row], value);
}
