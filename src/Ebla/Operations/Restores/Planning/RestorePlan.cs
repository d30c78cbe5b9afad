using System.Collections.Concurrent;
using Ebla.Indexing;
using Ebla.Primitives;

namespace Ebla.Operations.Restores.Planning;

/// <summary>A bounded number of pieces, in the order of the frames that hold them, so that each frame is read once.</summary>
internal sealed class RestorePlan
{
    // Bytes between two frames that are fetched along: dearer than a request they are not.
    private const int GapSizeInBytesMax = 64 << 10;

    private const int PlaceBits = 13;
    private const int FrameBits = 31;
    private const int RunsMax = 1 << (64 - PlaceBits - FrameBits);

    private readonly PlannedPiece[] _pieces;
    private int _fetchesLeft;

    private RestorePlan(PlannedPiece[] pieces) => _pieces = pieces;

    /// <summary>In order.</summary>
    public IReadOnlyList<FrameFetch> Fetches { get; private set; } = [];

    /// <summary>Pieces put off to the end of the plan, since too many files were open.</summary>
    public ConcurrentQueue<FilePiece> Declined { get; } = [];

    /// <summary>Sorts the pieces and puts neighbouring frames together.</summary>
    public static RestorePlan Of(List<PlannedPiece> gathered, BlobIndex index, int fetchSizeInBytesMax)
    {
        PlannedPiece[] pieces = [.. gathered];
        Array.Sort(Array.ConvertAll(pieces, KeyOf), pieces);
        RestorePlan plan = new(pieces);
        plan.Fetches = plan.Gather(index, fetchSizeInBytesMax);
        plan._fetchesLeft = plan.Fetches.Count;
        return plan;
    }

    public ReadOnlyMemory<PlannedPiece> PiecesOf(FrameFetch fetch) => _pieces.AsMemory(fetch.FirstPiece, fetch.PieceCount);

    /// <summary>The first and the last frame that a fetch is for.</summary>
    public (FrameAddress First, FrameAddress Last) FramesOf(FrameFetch fetch)
        => (_pieces[fetch.FirstPiece].Frame, _pieces[fetch.FirstPiece + fetch.PieceCount - 1].Frame);

    /// <summary>True if that was the last fetch.</summary>
    public bool EndFetch() => Interlocked.Decrement(ref _fetchesLeft) == 0;

    private static ulong KeyOf(PlannedPiece piece)
    {
        Invariant.Check(piece.Frame.Run < RunsMax && piece.Place < 1 << PlaceBits);
        return ((ulong)piece.Frame.Run << (PlaceBits + FrameBits)) | ((ulong)piece.Frame.Frame << PlaceBits) | (uint)piece.Place;
    }

    private List<FrameFetch> Gather(BlobIndex index, int fetchSizeInBytesMax)
    {
        List<FrameFetch> fetches = [];
        for (int first = 0; first < _pieces.Length;)
        {
            FrameAddress frame = _pieces[first].Frame;
            FrameRow row = index.GetRow(frame);
            (int pack, long start, long end) = (row.Pack, row.OffsetInPack, row.OffsetInPack + (long)row.StoredSizeInBytes);
            int next = first + 1;
            for (; next < _pieces.Length; next++)
            {
                if (_pieces[next].Frame == frame)
                {
                    continue;
                }
                row = index.GetRow(_pieces[next].Frame);
                long gap = row.OffsetInPack - end;
                long grown = row.OffsetInPack + (long)row.StoredSizeInBytes;
                if (_pieces[next].Frame.Run != frame.Run || row.Pack != pack || gap is < 0 or > GapSizeInBytesMax
                    || grown - start > fetchSizeInBytesMax)
                {
                    break;
                }
                frame = _pieces[next].Frame;
                end = grown;
            }
            ObjectId id = index.Locate(_pieces[first].Frame).Pack;
            fetches.Add(new FrameFetch(this, id, start, checked((int)(end - start)), first, next - first));
            first = next;
        }
        return fetches;
    }
}
