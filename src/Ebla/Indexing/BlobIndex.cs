using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Indexing;

/// <summary>
/// Blob id to its copies, over several runs. A copy counts only if its pack is usable: listed with the right size and not condemned
/// (docs/design.md, "Commit"). Safe for concurrent use; runs can be added meanwhile. Owns its runs.
/// </summary>
/// <param name="remembers">
/// Whether it remembers which entries it told of, at one bit each: for a writer, whose packs may be condemned while it is at work.
/// </param>
internal sealed class BlobIndex(bool remembers = false) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<ObjectId> _shunned = [];
    private volatile AttachedRun[] _runs = [];

    /// <summary>Adds what has come into the store since; true if that was anything. Null if this index never grows so.</summary>
    public Func<CancellationToken, Task<bool>>? Grow { get; set; }

    /// <summary>The runs, in the order of their ordinals.</summary>
    public IReadOnlyList<IndexRun> Runs => Array.ConvertAll(_runs, attached => attached.Run);

    /// <summary>Entries of all runs: the ordinals of entries are below.</summary>
    public long EntryCount
    {
        get
        {
            AttachedRun[] runs = _runs;
            return runs.Length == 0 ? 0 : runs[^1].EntryBase + runs[^1].Run.EntryCount;
        }
    }

    /// <summary>Adds a run; takes ownership.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isUsable">Whether a pack of this id and size counts.</param>
    public void Add(IndexRun run, Func<ObjectId, long, bool> isUsable)
    {
        lock (_lock)
        {
            AttachedRun attached = new(run, (pack, size) => !_shunned.Contains(pack) && isUsable(pack, size), EntryCount, remembers);
            _runs = [.. _runs, attached];
        }
    }

    /// <summary>None of these packs counts from now on, also not in runs that come later.</summary>
    public void Shun(IReadOnlySet<ObjectId> packs)
    {
        lock (_lock)
        {
            _shunned.UnionWith(packs);
            foreach (AttachedRun attached in _runs)
            {
                attached.Shun(packs);
            }
        }
    }

    /// <summary>
    /// Whether everything that this index has told to be in these packs, which are shunned, is elsewhere, too. Then that is what whoever was
    /// told relies on.
    /// </summary>
    public bool TryMoveFrom(IReadOnlySet<ObjectId> packs, CancellationToken cancellationToken)
    {
        foreach (BlobId id in _runs.SelectMany(attached => attached.ReliedOnIn(packs)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!Contains(id))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Whether a usable copy of the blob is stored.</summary>
    public bool Contains(BlobId id)
    {
        AttachedRun[] runs = _runs;
        for (int i = runs.Length - 1; i >= 0; i--)
        {
            if (FindIn(runs[i], i, id, 0) is not null)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>All usable copies of a blob.</summary>
    public IEnumerable<BlobLocation> FindAll(BlobId id)
    {
        AttachedRun[] runs = _runs;
        for (int i = 0; i < runs.Length; i++)
        {
            for (int copy = 0; FindIn(runs[i], i, id, copy) is { } location; copy++)
            {
                yield return location;
            }
        }
    }

    /// <summary>
    /// For a reader that did not find something where it was: a prune may have moved it. True if it is worth looking again.
    /// </summary>
    public Task<bool> TryGrowAsync(CancellationToken cancellationToken)
        => Grow is { } grow ? grow(cancellationToken) : Task.FromResult(false);

    /// <summary>The first usable copy of a blob, or null.</summary>
    public BlobLocation? Find(BlobId id)
    {
        AttachedRun[] runs = _runs;
        for (int i = 0; i < runs.Length; i++)
        {
            if (FindIn(runs[i], i, id, 0) is { } location)
            {
                return location;
            }
        }
        return null;
    }

    /// <summary>Where a frame's bytes are, and what opens them.</summary>
    public FrameLocation Locate(FrameAddress address)
    {
        IndexRun run = _runs[address.Run].Run;
        FrameRow row = run.GetFrame(address.Frame);
        FrameSeal seal = new(
            row.Kind, row.Number, row.BlobCount, row.CoreHash, row.CiphertextHash, run.GetSealing(row.Sealing).ToArray());
        return new FrameLocation(run.GetPackId(row.Pack), row.OffsetInPack, row.StoredSizeInBytes, seal);
    }

    /// <summary>The blob ids of a frame, by their places.</summary>
    /// <remarks>Looked up by the ids wanted: a run is sorted by id, not by frame.</remarks>
    public FrameRow GetRow(FrameAddress address) => _runs[address.Run].Run.GetFrame(address.Frame);

    /// <summary>Usable entries whose id begins with a short id, as ordinals for a <see cref="VisitedBlobs"/>.</summary>
    public IEnumerable<long> FindOrdinals(ShortId id)
    {
        BlobId first = new(new Hash256((ulong)(id.Value >> 64), (ulong)(id.Value & ulong.MaxValue), 0, 0));
        AttachedRun[] runs = _runs;
        foreach (AttachedRun attached in runs)
        {
            for (long entry = attached.Run.FindFirst(first); entry < attached.Run.EntryCount; entry++)
            {
                RunEntry row = attached.Run.GetEntry(entry);
                if (ShortId.Of(row.Id) != id)
                {
                    break;
                }
                if (attached.TryRely(entry, attached.Run.GetPackOf(row.Frame)))
                {
                    yield return attached.EntryBase + entry;
                }
            }
        }
    }

    /// <summary>The ordinal of the first usable entry of a blob; null if there is none.</summary>
    public long? FindOrdinal(BlobId id)
    {
        foreach (AttachedRun attached in _runs)
        {
            for (long entry = attached.Run.FindFirst(id); entry < attached.Run.EntryCount; entry++)
            {
                RunEntry row = attached.Run.GetEntry(entry);
                if (row.Id != id)
                {
                    break;
                }
                if (attached.TryRely(entry, attached.Run.GetPackOf(row.Frame)))
                {
                    return attached.EntryBase + entry;
                }
            }
        }
        return null;
    }

    /// <summary>The entry of an ordinal, its frame and its links if it is a tree blob.</summary>
    public CatalogEntry GetEntry(long ordinal)
    {
        AttachedRun[] runs = _runs;
        int i = runs.Length - 1;
        while (runs[i].EntryBase > ordinal)
        {
            i--;
        }
        RunEntry entry = runs[i].Run.GetEntry(ordinal - runs[i].EntryBase);
        FrameRow frame = runs[i].Run.GetFrame(entry.Frame);
        return new CatalogEntry(entry.Id, new FrameAddress(i, entry.Frame), frame, entry.Place, PadmeCode.Decode(entry.LengthCode));
    }

    /// <summary>The links of a tree blob, 16 bytes each.</summary>
    public ReadOnlySpan<byte> GetLinks(CatalogEntry entry) => _runs[entry.Frame.Run].Run.GetLinks(entry.Row, entry.Place);

    public void Dispose()
    {
        foreach (AttachedRun attached in _runs)
        {
            attached.Run.Dispose();
        }
        _runs = [];
    }

    private static BlobLocation? FindIn(AttachedRun attached, int runOrdinal, BlobId id, int skip)
    {
        IndexRun run = attached.Run;
        for (long i = run.FindFirst(id); i < run.EntryCount; i++)
        {
            RunEntry entry = run.GetEntry(i);
            if (entry.Id != id)
            {
                break;
            }
            if (attached.TryRely(i, run.GetPackOf(entry.Frame)) && skip-- == 0)
            {
                return new BlobLocation(new FrameAddress(runOrdinal, entry.Frame), entry.Place, entry.LengthCode);
            }
        }
        return null;
    }
}
