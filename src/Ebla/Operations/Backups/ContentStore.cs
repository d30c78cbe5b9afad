using System.Formats.Cbor;
using Ebla.Chunking;
using Ebla.FileSystems;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Backups;

/// <summary>Reads files, cuts them, and stores the chunks that are new. One for each reading thread; reuses its buffer.</summary>
internal sealed class ContentStore : IDisposable
{
    // Reads of this size keep the data in the processor's cache until it is cut and hashed.
    private const int ReadSizeInBytes = 512 << 10;

    private const long ReadAheadSizeInBytesMin = 4 << 20;

    private readonly UploadSession _session;
    private readonly Chunker<FileChunker.KeyedCut> _chunker;
    private readonly RingKeys _ring;
    private readonly TreeStore _trees;
    private readonly BackupCounters _counters;
    private readonly int _frameSizeInBytes;
    private readonly int _chunkSizeInBytesMax;
    private readonly byte[] _buffer;
    private FrameDraft _draft;

    public ContentStore(
        UploadSession session, Chunker<FileChunker.KeyedCut> chunker, RingKeys ring, TreeStore trees, BackupCounters counters,
        int frameSizeInBytes)
    {
        _session = session;
        _chunker = chunker;
        _ring = ring;
        _trees = trees;
        _counters = counters;
        _frameSizeInBytes = frameSizeInBytes;
        _chunkSizeInBytesMax = ring.Chunker.MaxSizeInBytes;
        _buffer = new byte[2 * _chunkSizeInBytesMax + ReadSizeInBytes];
        _draft = new FrameDraft(FrameKind.File, frameSizeInBytes);
    }

    /// <summary>Stores a file's content, as far as it was when it was opened.</summary>
    /// <exception cref="FileSystemException">The file cannot be read on.</exception>
    public async ValueTask<FileContent> StoreAsync(SourceFile file, CancellationToken cancellationToken)
    {
        long unread = file.Metadata.SizeInBytes;
        if (unread >= ReadAheadSizeInBytesMin)
        {
            file.ExpectSequentialRead();
        }
        List<ContentPiece> pieces = [];
        TreeListBuilder? list = null;
        long size = 0;
        int start = 0;
        int end = 0;
        while (true)
        {
            while (unread > 0 && end - start < _chunkSizeInBytesMax)
            {
                if (_buffer.Length - end < ReadSizeInBytes)
                {
                    _buffer.AsSpan(start, end - start).CopyTo(_buffer);
                    (start, end) = (0, end - start);
                }
                int read = file.Read(_buffer.AsSpan(end, (int)Math.Min(ReadSizeInBytes, unread)));
                unread = read == 0 ? 0 : unread - read;
                end += read;
            }
            if (start == end)
            {
                break;
            }
            int cut = _chunker.FindCut(_buffer.AsSpan(start, end - start), isEnd: unread == 0);
            Invariant.Check(cut > 0);
            ContentPiece piece = new(await StoreChunkAsync(start, cut, cancellationToken).ConfigureAwait(false), cut);
            start += cut;
            size += cut;
            _counters.CountProcessed(cut);
            if (list is null && pieces.Count == NodeCodec.InlinePiecesMax)
            {
                list = new TreeListBuilder(TreeBlobType.Pieces, _trees.StoreAsync);
                foreach (ContentPiece earlier in pieces)
                {
                    await AddAsync(list, earlier, cancellationToken).ConfigureAwait(false);
                }
                pieces.Clear();
            }
            if (list is null)
            {
                pieces.Add(piece);
            }
            else
            {
                await AddAsync(list, piece, cancellationToken).ConfigureAwait(false);
            }
        }
        return new FileContent(
            size, pieces, list is null ? null : await list.FinishAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Hands over what is gathered.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_draft.Blobs.Count > 0)
        {
            await NextAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _draft.Dispose();

    private async ValueTask<BlobId> StoreChunkAsync(int start, int length, CancellationToken cancellationToken)
    {
        BlobId id = new(Blake3.HashKeyed(_ring.FileIdKey, _buffer.AsSpan(start, length)));
        if (_session.TryClaim(id))
        {
            _counters.CountAdded(length);
            if (!_draft.TryAdd(id, _buffer.AsSpan(start, length), []))
            {
                await NextAsync(cancellationToken).ConfigureAwait(false);
                Invariant.Check(_draft.TryAdd(id, _buffer.AsSpan(start, length), []));
            }
        }
        return id;
    }

    private ValueTask NextAsync(CancellationToken cancellationToken)
    {
        FrameDraft full = _draft;
        _draft = new FrameDraft(FrameKind.File, _frameSizeInBytes);
        return _session.AddAsync(full, cancellationToken);
    }

    private static ValueTask AddAsync(TreeListBuilder list, ContentPiece piece, CancellationToken cancellationToken)
    {
        CborWriter writer = StrictCbor.CreateWriter(64);
        ContentPieceCodec.Write(writer, piece);
        return list.AddAsync(
            writer.Encode(), FileContent.LinksOf([piece], null), default, (ulong)piece.SizeInBytes, piece.Id?.Value.W3 ?? 1,
            cancellationToken);
    }
}
