using System.Buffers;
using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Prunes;

/// <summary>Rewrites the index segments that name packs which are gone, and the small ones if they have become many.</summary>
internal sealed class SegmentMerge(Repository repository, Sweep sweep, PruneOptions options)
{
    private const long SegmentSizeInBytes = 4 << 20;
    private const long SmallSizeInBytesMax = 1 << 20;
    private const int SmallCountMin = 8;

    private readonly List<IndexedPack> _waiting = [];
    private readonly HashSet<ObjectId> _written = [];
    private long _waitingInBytes;

    /// <summary>Segments first, then packs; the new ones are durable before an old one goes, of which every entry was written again here.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        IBackend backend = repository.Backend;
        List<ObjectInfo> segments = await Concurrently.ReadAllAsync(backend.ListAsync(ObjectKind.Index, cancellationToken)).ConfigureAwait(false);
        await repository.DelayAsync(options.ListLag, cancellationToken).ConfigureAwait(false);
        // Also of condemned packs, as long as they are there: of what they hold nobody may have made a copy yet.
        PackList packs = await PackList.LoadAsync(backend, [], cancellationToken).ConfigureAwait(false);
        bool mergesSmall = segments.Count(segment => segment.SizeInBytes < SmallSizeInBytesMax) >= SmallCountMin;
        List<ObjectName> rewritten = [];
        foreach (ObjectInfo segment in segments.OrderBy(segment => segment.Name.Id))
        {
            IReadOnlyList<IndexedPack>? named = await TryReadAsync(segment, cancellationToken).ConfigureAwait(false);
            DroppedArrays.Add(2 * segment.SizeInBytes); // The object and its body: nobody uses them for longer than some segments take.
            if (named is null)
            {
                continue;
            }
            bool isStale = named.Any(pack => !packs.IsUsable(pack.Id, pack.SizeInBytes));
            if (isStale || (mergesSmall && segment.SizeInBytes < SmallSizeInBytesMax))
            {
                rewritten.Add(segment.Name);
                await AddAsync(named.Where(pack => packs.IsUsable(pack.Id, pack.SizeInBytes)), cancellationToken).ConfigureAwait(false);
            }
        }
        await WriteAsync(cancellationToken).ConfigureAwait(false);
        if (rewritten.Count > 0)
        {
            await backend.FlushAsync(cancellationToken).ConfigureAwait(false);
            await repository.DelayAsync(2 * options.ListLag, cancellationToken).ConfigureAwait(false);
            _ = await sweep.DeleteAsync(rewritten, cancellationToken).ConfigureAwait(false);
        }
    }

    // One that is damaged is left alone: a check is to see it.
    private async Task<IReadOnlyList<IndexedPack>?> TryReadAsync(ObjectInfo segment, CancellationToken cancellationToken)
    {
        try
        {
            byte[]? content = repository.Metadata?.TryRead(segment.Name.Id.Value, IndexSegmentCodec.BodySizeInBytesMax * 2L)
                ?? await repository.Objects.TryReadAsync(segment.Name, IndexSegmentCodec.BodySizeInBytesMax * 2L, cancellationToken)
                    .ConfigureAwait(false);
            return content is null ? null : IndexSegmentCodec.Open(repository.Keys, content);
        }
        catch (Exception exception) when (exception is CorruptDataException or UnsupportedFormatException)
        {
            return null;
        }
    }

    private async Task AddAsync(IEnumerable<IndexedPack> packs, CancellationToken cancellationToken)
    {
        foreach (IndexedPack pack in packs)
        {
            if (_written.Add(pack.Id))
            {
                _waiting.Add(pack);
                _waitingInBytes += IndexSegmentCodec.SizeOf(pack.Directory.Bytes.Length);
                if (_waitingInBytes >= SegmentSizeInBytes)
                {
                    await WriteAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (_waiting.Count == 0)
        {
            return;
        }
        (ObjectName name, byte[] content) = IndexSegmentCodec.Seal(repository.Keys, _waiting);
        await repository.Backend.PutAsync(name, new ReadOnlySequence<byte>(content), cancellationToken).ConfigureAwait(false);
        repository.Metadata?.Add(name.Id.Value, content);
        _waiting.Clear();
        DroppedArrays.Add(2 * _waitingInBytes); // The same of the new one.
        _waitingInBytes = 0;
    }
}
