using Ebla.Indexing;

namespace Ebla.Operations.Copies;

/// <summary>The blobs of one snapshot that are to be copied, and the ranges of packs that hold them, in the order of the packs.</summary>
/// <remarks>Memory: a bit per blob and per frame of the source, however many are wanted.</remarks>
internal sealed class WantedBlobs(BlobIndex index, PlaceTable places)
{
    // Bytes between two frames that are fetched along: dearer than a request they are not.
    private const int GapSizeInBytesMax = 64 << 10;

    private readonly VisitedBlobs _entries = new(index.EntryCount);
    private readonly VisitedBlobs _frames = new(places.FrameCount);

    /// <summary>How many.</summary>
    public long Count { get; private set; }

    /// <summary>Stored bytes of the frames that hold them.</summary>
    public long FramesSizeInBytes { get; private set; }

    /// <summary>Adds one, by the first entry of its id.</summary>
    public void Add(long ordinal, CatalogEntry entry)
    {
        if (_entries.Add(ordinal))
        {
            Count++;
        }
        if (_frames.Add(places.OrdinalOf(entry.Frame)))
        {
            FramesSizeInBytes += entry.Row.StoredSizeInBytes;
        }
    }

    /// <summary>Those in a frame, by their places.</summary>
    public List<WantedBlob> Of(FrameAddress frame)
    {
        FrameRow row = index.GetRow(frame);
        List<WantedBlob> wanted = new(row.BlobCount);
        for (int place = 0; place < row.BlobCount; place++)
        {
            long ordinal = places.EntryAt(frame, place);
            if (_entries.Contains(ordinal))
            {
                wanted.Add(new WantedBlob(ordinal, index.GetEntry(ordinal).Id, row.Kind, frame, place));
            }
        }
        return wanted;
    }

    /// <summary>What to fetch.</summary>
    public IEnumerable<CopyFetch> Fetches(int fetchSizeInBytesMax)
    {
        List<FrameAddress> frames = [];
        (int Run, int Pack) pack = default;
        long start = 0;
        long end = 0;
        foreach (long ordinal in _frames.All())
        {
            FrameAddress frame = places.FrameAt(ordinal);
            FrameRow row = index.GetRow(frame);
            long frameEnd = row.OffsetInPack + (long)row.StoredSizeInBytes;
            bool isNear = (frame.Run, row.Pack) == pack && row.OffsetInPack - end is >= 0 and <= GapSizeInBytesMax
                && frameEnd - start <= fetchSizeInBytesMax;
            if (frames.Count > 0 && !isNear)
            {
                yield return Close();
            }
            if (frames.Count == 0)
            {
                (pack, start) = ((frame.Run, row.Pack), row.OffsetInPack);
            }
            frames.Add(frame);
            end = frameEnd;
        }
        if (frames.Count > 0)
        {
            yield return Close();
        }

        CopyFetch Close()
        {
            CopyFetch fetch = new(index.Locate(frames[0]).Pack, start, checked((int)(end - start)), [.. frames]);
            frames.Clear();
            return fetch;
        }
    }
}
