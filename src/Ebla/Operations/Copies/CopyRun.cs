using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Operations.Restores.Fetching;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Copies;

/// <summary>What the parts of a copy share: the source, and a session of the destination.</summary>
internal sealed class CopyRun : IDisposable
{
    private readonly UploadSession? _session;

    /// <summary>Takes part in a session; without one it is a dry run.</summary>
    public CopyRun(
        Repository source, BlobIndex index, PlaceTable places, Repository destination, BlobIndex destinationIndex, UploadSession? session,
        CopyOptions options, CopyCounters counters)
    {
        Source = source;
        Index = index;
        Places = places;
        Destination = destination;
        DestinationIndex = destinationIndex;
        _session = session;
        Options = options;
        Counters = counters;
        SharesNames = source.Keys.Ring.SharesNamesWith(destination.Keys.Ring);
        // A frame's own word is good enough of those whose word the source itself would take (docs/format.md, "Trust").
        OpensAll = options.OpenAll || source.Keys.Members.Values.Any(member => member.Role != MemberRole.Owner);
        Blobs = new BlobReader(source.Backend, source.Keys, index, source.Metadata);
        Damaged = new DamagedCopies(index);
        Walk = new CopyWalk(index);
        if (!SharesNames)
        {
            Map = new BlobMap(index, source.Cache.NewSessionPath);
        }
        if (session is not null)
        {
            Files = session.CreateGatherer(FrameKind.File, options.Upload.FrameSizeInBytes);
            Trees = session.CreateGatherer(FrameKind.Tree, options.Upload.FrameSizeInBytes);
        }
    }

    public Repository Source { get; }

    /// <summary>The source's index, which stays as it is.</summary>
    public BlobIndex Index { get; }

    public PlaceTable Places { get; }

    public Repository Destination { get; }

    public BlobIndex DestinationIndex { get; }

    /// <summary>The session of the destination. Not in a dry run.</summary>
    public UploadSession Session => _session ?? throw new InvalidOperationException("A dry run has no session.");

    public CopyOptions Options { get; }

    public CopyCounters Counters { get; }

    /// <summary>Whether both repositories give the same content the same id.</summary>
    public bool SharesNames { get; }

    /// <summary>Whether every blob is decompressed and compared with its id.</summary>
    public bool OpensAll { get; }

    /// <summary>Reads single blobs of the source.</summary>
    public BlobReader Blobs { get; }

    public DamagedCopies Damaged { get; }

    public CopyWalk Walk { get; }

    /// <summary>The names that blobs have in the destination; null if they are the same.</summary>
    public BlobMap? Map { get; }

    /// <summary>Where chunks go that are packed anew.</summary>
    public FrameGatherer Files { get; } = null!;

    /// <summary>Where tree blobs go that are packed anew.</summary>
    public FrameGatherer Trees { get; } = null!;

    /// <summary>Whether the destination has a blob, or is about to.</summary>
    public bool IsStored(BlobId id) => _session?.IsStored(id) ?? DestinationIndex.Contains(id);

    /// <summary>The links of a tree blob of the source.</summary>
    public ShortId[] LinksOf(long ordinal)
    {
        CatalogEntry entry = Index.GetEntry(ordinal);
        if (entry.Row.Kind != FrameKind.Tree)
        {
            return [];
        }
        ReadOnlySpan<byte> links = Index.GetLinks(entry);
        ShortId[] ids = new ShortId[links.Length / ShortId.SizeInBytes];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = ShortId.Read(links[(i * ShortId.SizeInBytes)..]);
        }
        return ids;
    }

    public void Dispose()
    {
        Blobs.Dispose();
        Map?.Dispose();
    }
}
