using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Backups;

/// <summary>Stores tree blobs that are new, gathered to frames. Safe for concurrent use.</summary>
internal sealed class TreeStore(UploadSession session, RingKeys ring, BackupCounters counters, int frameSizeInBytes) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly AttributeStore _attributes = new(session, ring, counters, frameSizeInBytes);
    private FrameDraft _draft = new(FrameKind.Tree, frameSizeInBytes);

    /// <summary>What nodes refer to besides their content. Handed over with the trees.</summary>
    public AttributeStore Attributes => _attributes;

    /// <summary>The blob's id; its content is handed to the session unless it is stored already.</summary>
    public async ValueTask<BlobId> StoreAsync(TreeBlobDraft blob, CancellationToken cancellationToken)
    {
        BlobId id = new(Blake3.HashKeyed(ring.TreeIdKey, blob.Plaintext.Span));
        if (!session.TryClaim(id))
        {
            return id;
        }
        counters.CountAdded(blob.Plaintext.Length);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_draft.TryAdd(id, blob.Plaintext.Span, blob.Links))
            {
                await NextAsync(cancellationToken).ConfigureAwait(false);
                Invariant.Check(_draft.TryAdd(id, blob.Plaintext.Span, blob.Links));
            }
        }
        finally
        {
            _ = _turn.Release();
        }
        return id;
    }

    /// <summary>Hands over what is gathered. No call of <see cref="StoreAsync"/> may be under way.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _attributes.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (_draft.Blobs.Count > 0)
        {
            await NextAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _draft.Dispose();
        _attributes.Dispose();
        _turn.Dispose();
    }

    private ValueTask NextAsync(CancellationToken cancellationToken)
    {
        FrameDraft full = _draft;
        _draft = new FrameDraft(FrameKind.Tree, frameSizeInBytes);
        return session.AddAsync(full, cancellationToken);
    }
}
