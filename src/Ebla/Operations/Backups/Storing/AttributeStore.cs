using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Storing;

/// <summary>Stores sets of extended attributes that are too large for their nodes, as blobs like those of files. Safe for concurrent use.</summary>
internal sealed class AttributeStore(UploadSession session, RingKeys ring, BackupCounters counters, int frameSizeInBytes)
{
    // With this, the largest set makes as many pieces as a node may have.
    private const int PieceSizeInBytesMin = ExtendedAttributesCodec.SizeInBytesMax / NodeCodec.InlinePiecesMax;

    private readonly int _pieceSizeInBytes = Math.Max(PieceSizeInBytesMin, ring.Chunker.MaxSizeInBytes);
    private readonly FrameGatherer _frames = session.CreateGatherer(FrameKind.File, frameSizeInBytes);

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
    public ValueTask FlushAsync() => _frames.FlushAsync();

    private async ValueTask<BlobId> StorePieceAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        BlobId id = new(Blake3.HashKeyed(ring.FileIdKey, piece.Span));
        if (await _frames.AddAsync(id, piece, []).ConfigureAwait(false))
        {
            counters.CountAdded(piece.Length);
        }
        return id;
    }
}
