using System.Buffers.Binary;
using Ebla.Indexing;
using Ebla.Packs;

namespace Ebla.Operations.Statistics;

/// <summary>
/// Divides the stored bytes of each frame of a run among its blobs, as <see cref="BlobTotals.StoredInBytes"/> says: in any order, one by
/// one, and exactly. Takes 12 bytes per frame, in a file without a name.
/// </summary>
internal sealed class FrameDivision : IDisposable
{
    // ROW: rounded sizes of all its blobs i64 | bytes that are left i32
    private const int RowSizeInBytes = sizeof(long) + sizeof(int);

    private readonly ScratchTable _rows;

    /// <summary>Goes through the run twice.</summary>
    public FrameDivision(IndexRun run, Func<string> newPath, CancellationToken cancellationToken)
    {
        _rows = new ScratchTable(newPath(), run.FrameCount, RowSizeInBytes);
        try
        {
            Fill(run, cancellationToken);
        }
        catch
        {
            _rows.Dispose();
            throw;
        }
    }

    /// <summary>The share of one blob.</summary>
    public int ShareOf(CatalogEntry entry)
    {
        (long whole, int left) = Read(entry.Frame.Frame);
        return RoundedDown(entry.Row.StoredSizeInBytes, entry.RoundedSizeInBytes, whole) + (entry.Place < left ? 1 : 0);
    }

    public void Dispose() => _rows.Dispose();

    private void Fill(IndexRun run, CancellationToken cancellationToken)
    {
        for (long i = 0; i < run.EntryCount; i++)
        {
            StopIfAsked(i, cancellationToken);
            RunEntry entry = run.GetEntry(i);
            Write(entry.Frame, Read(entry.Frame).Whole + PadmeCode.Decode(entry.LengthCode), 0);
        }
        for (int frame = 0; frame < run.FrameCount; frame++)
        {
            Write(frame, Read(frame).Whole, run.GetFrame(frame).StoredSizeInBytes);
        }
        for (long i = 0; i < run.EntryCount; i++)
        {
            StopIfAsked(i, cancellationToken);
            RunEntry entry = run.GetEntry(i);
            (long whole, int left) = Read(entry.Frame);
            int share = RoundedDown(run.GetFrame(entry.Frame).StoredSizeInBytes, PadmeCode.Decode(entry.LengthCode), whole);
            Write(entry.Frame, whole, left - share);
        }
    }

    private (long Whole, int Left) Read(int frame)
    {
        ReadOnlySpan<byte> row = _rows[frame];
        return (BinaryPrimitives.ReadInt64LittleEndian(row), BinaryPrimitives.ReadInt32LittleEndian(row[sizeof(long)..]));
    }

    private void Write(int frame, long whole, int left)
    {
        Span<byte> row = _rows[frame];
        BinaryPrimitives.WriteInt64LittleEndian(row, whole);
        BinaryPrimitives.WriteInt32LittleEndian(row[sizeof(long)..], left);
    }

    // No blob is empty, so no sum is 0. What is rounded away is less than a byte per blob, so no more is left than there are places.
    private static int RoundedDown(int storedInBytes, int part, long whole) => (int)((long)storedInBytes * part / whole);

    private static void StopIfAsked(long i, CancellationToken cancellationToken)
    {
        if ((i & 0xFFFF) == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
