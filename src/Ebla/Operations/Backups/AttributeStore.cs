using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Backups;

/// <summary>Stores sets of extended attributes that are too large for their nodes, as blobs like those of files. Safe for concurrent use.</summary>
internal sealed class AttributeStore(UploadSession session, RingKeys ring, BackupCounters counters, int frameSizeInBytes) : IDisposable
{
    // With this, the largest set makes as many pieces as a node may have.
    private const int PieceSizeInBytesMin = ExtendedAttributesCodec.SizeInBytesMax / NodeCodec.InlinePiecesMax;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly int _pieceSizeInBytes = Math.Max(PieceSizeInBytesMin, ring.Chunker.MaxSizeInBytes);
    private FrameDraft _draft = new(FrameKind.File, frameSizeInBytes);

    /// <summary>The pieces of an encoded set; their content is handed to the session unless it is stored already.</summary>
    public async ValueTask<IReadOnlyList<ContentPiece>> StoreAsync(ReadOnlyMemory<byte> encoding, CancellationToken cancellationToken)
    {
        List<ContentPiece> pieces = [];
        for (int start = 0; start < encoding.Length; start += _pieceSizeInBytes)
        {
            ReadOnlyMemory<byte> piece = encoding.Slice(start, Math.Min(_pieceSizeInBytes, encoding.Length - start));
            pieces.Add(new ContentPiece(await StorePieceAsync(piece, cancellationToken).ConfigureAwait(false), piece.Length));
        }
        return pieces;
    }

    /// <summary>Hands over what is gathered.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_draft.Blobs.Count > 0)
            {
                await NextAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    public void Dispose()
    {
        _draft.Dispose();
        _turn.Dispose();
    }

    private async ValueTask<BlobId> StorePieceAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        BlobId id = new(Blake3.HashKeyed(ring.FileIdKey, piece.Span));
        if (!session.TryClaim(id))
        {
            return id;
        }
        counters.CountAdded(piece.Length);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_draft.TryAdd(id, piece.Span, []))
            {
                await NextAsync(cancellationToken).ConfigureAwait(false);
                Invariant.Check(_draft.TryAdd(id, piece.Span, []));
            }
        }
        finally
        {
            _ = _turn.Release();
        }
        return id;
    }

    private ValueTask NextAsync(CancellationToken cancellationToken)
    {
        FrameDraft full = _draft;
        _draft = new FrameDraft(FrameKind.File, frameSizeInBytes);
        return session.AddAsync(full, cancellationToken);
    }
}
