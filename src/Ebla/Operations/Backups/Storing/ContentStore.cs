using Ebla.Chunking;
using Ebla.FileSystems;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Storing;

/// <summary>Reads files, cuts them, and stores the chunks that are new. One for each reading thread; reuses its buffer.</summary>
internal sealed class ContentStore
{
    // Reads of this size keep the data in the processor's cache until it is cut and hashed.
    private const int ReadSizeInBytes = 512 << 10;

    private readonly FrameGatherer _frames;
    private readonly Chunker<FileChunker.KeyedCut> _chunker;
    private readonly RingKeys _ring;
    private readonly TreeStore _trees;
    private readonly BackupCounters _counters;
    private readonly int _chunkSizeInBytesMax;
    private readonly byte[] _buffer;

    public ContentStore(
        UploadSession session, Chunker<FileChunker.KeyedCut> chunker, RingKeys ring, TreeStore trees, BackupCounters counters,
        int frameSizeInBytes)
    {
        _frames = session.CreateGatherer(FrameKind.File, frameSizeInBytes);
        _chunker = chunker;
        _ring = ring;
        _trees = trees;
        _counters = counters;
        _chunkSizeInBytesMax = ring.Chunker.MaxSizeInBytes;
        _buffer = new byte[2 * _chunkSizeInBytesMax + ReadSizeInBytes];
    }

    /// <summary>Stores all that a source gives. The chunker starts anew behind each hole.</summary>
    /// <exception cref="FileSystemException">A file cannot be read on.</exception>
    public async ValueTask<FileContent> StoreAsync(IContentSource source, CancellationToken cancellationToken)
    {
        PieceList pieces = new(_trees.StoreAsync);
        try
        {
            while (source.NextExtent() is { } holeSizeInBytes)
            {
                if (holeSizeInBytes > 0)
                {
                    await AddAsync(pieces, new ContentPiece(null, holeSizeInBytes), cancellationToken).ConfigureAwait(false);
                }
                await StoreExtentAsync(source, pieces, cancellationToken).ConfigureAwait(false);
            }
            return await pieces.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // What was read of it does not come into the snapshot.
            _counters.CountProcessed(-pieces.SizeInBytes);
            throw;
        }
    }

    /// <summary>Hands over what is gathered.</summary>
    public ValueTask FlushAsync() => _frames.FlushAsync();

    private async ValueTask StoreExtentAsync(IContentSource source, PieceList pieces, CancellationToken cancellationToken)
    {
        int start = 0;
        int end = 0;
        bool isAtEnd = false;
        while (true)
        {
            while (!isAtEnd && end - start < _chunkSizeInBytesMax)
            {
                if (_buffer.Length - end < ReadSizeInBytes)
                {
                    _buffer.AsSpan(start, end - start).CopyTo(_buffer);
                    (start, end) = (0, end - start);
                }
                int read = await source.ReadAsync(_buffer.AsMemory(end, ReadSizeInBytes), cancellationToken).ConfigureAwait(false);
                isAtEnd = read == 0;
                end += read;
            }
            if (start == end)
            {
                return;
            }
            int cut = _chunker.FindCut(_buffer.AsSpan(start, end - start), isAtEnd);
            Invariant.Check(cut > 0);
            BlobId id = await StoreChunkAsync(start, cut, cancellationToken).ConfigureAwait(false);
            await AddAsync(pieces, new ContentPiece(id, cut), cancellationToken).ConfigureAwait(false);
            start += cut;
        }
    }

    private ValueTask AddAsync(PieceList pieces, ContentPiece piece, CancellationToken cancellationToken)
    {
        _counters.CountProcessed(piece.SizeInBytes);
        return pieces.AddAsync(piece, cancellationToken);
    }

    private async ValueTask<BlobId> StoreChunkAsync(int start, int length, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        BlobId id = new(Blake3.HashKeyed(_ring.FileIdKey, _buffer.AsSpan(start, length)));
        if (await _frames.AddAsync(id, _buffer.AsMemory(start, length), []).ConfigureAwait(false))
        {
            _counters.CountAdded(length);
        }
        return id;
    }
}
