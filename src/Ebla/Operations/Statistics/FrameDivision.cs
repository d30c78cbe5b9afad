using Ebla.Indexing;
using Ebla.Packs;

namespace Ebla.Operations.Statistics;

/// <summary>
/// Divides the stored bytes of each frame of a run among its blobs, as <see cref="BlobTotals.StoredInBytes"/> says: in any order, one by
/// one, and exactly. Memory: 12 bytes per frame.
/// </summary>
internal sealed class FrameDivision
{
    private readonly long[] _roundedSizes;
    private readonly int[] _bytesLeft;

    public FrameDivision(IndexRun run, CancellationToken cancellationToken)
    {
        _roundedSizes = new long[run.FrameCount];
        _bytesLeft = new int[run.FrameCount];
        for (long i = 0; i < run.EntryCount; i++)
        {
            StopIfAsked(i, cancellationToken);
            RunEntry entry = run.GetEntry(i);
            _roundedSizes[entry.Frame] += PadmeCode.Decode(entry.LengthCode);
        }
        for (int frame = 0; frame < _bytesLeft.Length; frame++)
        {
            _bytesLeft[frame] = run.GetFrame(frame).StoredSizeInBytes;
        }
        for (long i = 0; i < run.EntryCount; i++)
        {
            StopIfAsked(i, cancellationToken);
            RunEntry entry = run.GetEntry(i);
            _bytesLeft[entry.Frame] -= RoundedDown(
                run.GetFrame(entry.Frame).StoredSizeInBytes, PadmeCode.Decode(entry.LengthCode), _roundedSizes[entry.Frame]);
        }
    }

    /// <summary>The share of one blob.</summary>
    public int ShareOf(CatalogEntry entry)
        => RoundedDown(entry.Row.StoredSizeInBytes, entry.RoundedSizeInBytes, _roundedSizes[entry.Frame.Frame])
            + (entry.Place < _bytesLeft[entry.Frame.Frame] ? 1 : 0);

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
