using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>
/// Reads blobs, verified, with a small cache of opened frames: for trees, and for single files. Restoring has a planned way of its own.
/// Safe for concurrent use.
/// </summary>
/// <param name="backend">Where packs are.</param>
/// <param name="keys">What opens frames.</param>
/// <param name="index">Where blobs are.</param>
/// <param name="metadata">Keeps frames of trees; null for a reader that believes only the store.</param>
internal sealed class BlobReader(IBackend backend, UnlockedKeys keys, BlobIndex index, MetadataCache? metadata) : IDisposable
{
    private const int CachedFramesMax = 24;
    private const int UsualFrameSizeInBytes = 1 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<FrameAddress, LinkedListNode<(FrameAddress Address, Task<FrameContent> Content)>> _cached = [];
    private readonly LinkedList<(FrameAddress Address, Task<FrameContent> Content)> _recent = [];
    private readonly Stack<FrameOpener> _openers = [];

    /// <summary>A blob's plaintext. Copies are tried in turn; a damaged one is passed over while another is whole.</summary>
    /// <exception cref="MissingObjectException">No copy is in the index, or their packs are gone.</exception>
    /// <exception cref="CorruptDataException">The last copy is damaged.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(BlobId id, CancellationToken cancellationToken)
    {
        while (true)
        {
            long known = index.EntryCount;
            try
            {
                return await ReadCopyAsync(id, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is CorruptDataException or MissingObjectException)
            {
                // It may also have grown for somebody else, just before.
                if (!await index.TryGrowAsync(cancellationToken).ConfigureAwait(false) && index.EntryCount == known)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Fetches and opens a frame, past the cache. The caller disposes.</summary>
    public async Task<FrameContent> ReadFrameAsync(FrameAddress address, CancellationToken cancellationToken)
    {
        FrameLocation location = index.Locate(address);
        using RentedBuffer ciphertext = new(location.StoredSizeInBytes);
        ObjectName name = new(ObjectKind.Pack, location.Pack);
        MetadataCache? cache = location.Seal.Kind == FrameKind.Tree ? metadata : null;
        bool isCached = cache is not null && cache.TryRead(location.Seal.CiphertextHash, ciphertext.Span);
        bool found = isCached || await backend.GetAsync(
            name, location.OffsetInPack, ciphertext.Memory, location.Seal.CiphertextHash, cancellationToken).ConfigureAwait(false);
        if (!found)
        {
            throw new MissingObjectException($"{name} is missing.");
        }
        FrameOpener opener = RentOpener();
        try
        {
            FrameContent content = opener.Open(location.Seal, ciphertext.Span);
            if (!isCached)
            {
                cache?.Add(location.Seal.CiphertextHash, ciphertext.Span);
            }
            return content;
        }
        catch (CorruptDataException exception)
        {
            throw new CorruptDataException(
                $"{name} is damaged at bytes {location.OffsetInPack} to {location.OffsetInPack + location.StoredSizeInBytes}: "
                + exception.Message, exception);
        }
        finally
        {
            lock (_lock)
            {
                _openers.Push(opener);
            }
        }
    }

    public void Dispose()
    {
        foreach (FrameOpener opener in _openers)
        {
            opener.Dispose();
        }
        _openers.Clear();
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadCopyAsync(BlobId id, CancellationToken cancellationToken)
    {
        EblaException? failure = null;
        foreach (BlobLocation location in index.FindAll(id))
        {
            try
            {
                FrameContent content = await GetFrameAsync(location.Frame, cancellationToken).ConfigureAwait(false);
                ReadOnlyMemory<byte> blob = content.GetBlob(location.Place);
                return FrameOpener.IdOf(keys, content.Kind, blob.Span) == id
                    ? blob
                    : throw new CorruptDataException($"Blob {id.ToShortString()} is not what its id says.");
            }
            catch (Exception exception) when (exception is CorruptDataException or MissingObjectException)
            {
                failure = (EblaException)exception;
            }
        }
        throw failure ?? new MissingObjectException($"Blob {id.ToShortString()} is in no pack that the index knows.");
    }

    private async Task<FrameContent> GetFrameAsync(FrameAddress address, CancellationToken cancellationToken)
    {
        TaskCompletionSource<FrameContent> reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<FrameContent> content = FindOrAdd(address, reading.Task);
        if (content == reading.Task)
        {
            // Outside the lock: others may look for other frames meanwhile.
            try
            {
                reading.SetResult(await ReadFrameAsync(address, cancellationToken).ConfigureAwait(false));
            }
            catch (OperationCanceledException exception)
            {
                reading.SetCanceled(exception.CancellationToken);
            }
            catch (Exception exception)
            {
                reading.SetException(exception);
            }
        }
        return await content.ConfigureAwait(false);
    }

    private Task<FrameContent> FindOrAdd(FrameAddress address, Task<FrameContent> reading)
    {
        lock (_lock)
        {
            if (_cached.TryGetValue(address, out LinkedListNode<(FrameAddress Address, Task<FrameContent> Content)>? node)
                && !node.Value.Content.IsFaulted && !node.Value.Content.IsCanceled)
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
                return node.Value.Content;
            }
            if (node is not null)
            {
                _recent.Remove(node);
            }
            // Evicted frames are left to the garbage collector: somebody may still read them.
            if (_recent.Count >= CachedFramesMax)
            {
                _ = _cached.Remove(_recent.Last!.Value.Address);
                _recent.RemoveLast();
                DroppedArrays.Add(UsualFrameSizeInBytes);
            }
            _cached[address] = _recent.AddFirst((address, reading));
            return reading;
        }
    }

    private FrameOpener RentOpener()
    {
        lock (_lock)
        {
            return _openers.TryPop(out FrameOpener? opener) ? opener : new FrameOpener(keys);
        }
    }
}
