using System.Buffers;
using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>
/// Makes packs durable soon after they were put, and then names them in index segments: so that a run that is cut off loses only what
/// was in flight.
/// </summary>
internal sealed class PackJournal(
    IBackend backend, UnlockedKeys keys, CatalogCache cache, MetadataCache? metadata, BlobIndex index, ClaimedBlobs claimed) : IDisposable
{
    // A segment is written when the directories waiting reach this size: small enough that claims fit into memory.
    private const long SegmentSizeInBytes = 4 << 20;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _signal = new(0);
    private List<IndexedPack> _put = [];
    private List<IndexedPack> _durable = [];
    private readonly List<IndexRun> _runs = [];
    private bool _isComplete;
    private bool _isUrged;

    /// <summary>Bytes of segments written.</summary>
    public long SegmentBytes { get; private set; }

    /// <summary>Takes note of packs that are durable already but that no segment names.</summary>
    public void AddUnnamed(IEnumerable<IndexedPack> packs) => _durable.AddRange(packs);

    /// <summary>Takes note of a pack that was put.</summary>
    public void Add(IndexedPack pack)
    {
        lock (_lock)
        {
            _put.Add(pack);
        }
        _ = _signal.Release();
    }

    /// <summary>Has all packs that were put by now named in a segment soon, however small it is.</summary>
    public void Urge()
    {
        Volatile.Write(ref _isUrged, true);
        _ = _signal.Release();
    }

    /// <summary>No more packs come.</summary>
    public void Complete()
    {
        Volatile.Write(ref _isComplete, true);
        _ = _signal.Release();
    }

    /// <summary>Runs until <see cref="Complete"/>; then every pack is durable and named in a durable segment.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        bool isLast;
        do
        {
            await _signal.WaitAsync(cancellationToken).ConfigureAwait(false);
            isLast = Volatile.Read(ref _isComplete);
            bool isUrged = Interlocked.Exchange(ref _isUrged, false);
            List<IndexedPack> batch;
            lock (_lock)
            {
                (batch, _put) = (_put, []);
            }
            if (batch.Count > 0)
            {
                await backend.FlushAsync(cancellationToken).ConfigureAwait(false);
                _durable.AddRange(batch);
            }
            while (_durable.Count > 0 && (isLast || isUrged || DurableSize() >= SegmentSizeInBytes))
            {
                await WriteSegmentAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        while (!isLast);
        await backend.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _signal.Dispose();

    private long DurableSize() => _durable.Sum(pack => (long)IndexSegmentCodec.SizeOf(pack.Directory.Bytes.Length));

    private async Task WriteSegmentAsync(CancellationToken cancellationToken)
    {
        int count = 0;
        long size = 0;
        while (count < _durable.Count && count < IndexSegmentCodec.PacksMax && size < SegmentSizeInBytes)
        {
            size += IndexSegmentCodec.SizeOf(_durable[count++].Directory.Bytes.Length);
        }
        List<IndexedPack> packs = _durable.GetRange(0, count);
        (ObjectName name, byte[] content) = IndexSegmentCodec.Seal(keys, packs);
        await backend.PutAsync(name, new ReadOnlySequence<byte>(content), cancellationToken).ConfigureAwait(false);
        metadata?.Add(name.Id.Value, content); // The next run here would ask for it.
        SegmentBytes += content.Length;
        _durable.RemoveRange(0, count);
        IndexRun run = RunWriter.Write(cache.NewSessionPath(), [], packs);
        CatalogCache.DeleteSessionRun(run);
        index.Add(run, (_, _) => true);
        claimed.Release(packs);
        // The packs' directories, the segment, and the lists that became the run.
        DroppedArrays.Add(8 * size);
    }
}
