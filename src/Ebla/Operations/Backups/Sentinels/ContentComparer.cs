using Ebla.FileSystems;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Sentinels;

/// <summary>Compares a file's bytes with the pieces that a snapshot has of it. One for each reading thread; reuses its buffer.</summary>
internal sealed class ContentComparer(RingKeys ring, TreeReader trees)
{
    private byte[] _buffer = [];

    /// <summary>Whether the file reads as the node says. The file's position is moved.</summary>
    /// <exception cref="FileSystemException">The file cannot be read.</exception>
    /// <exception cref="CorruptDataException">The node's list of pieces is damaged.</exception>
    /// <exception cref="MissingObjectException">The node's list of pieces is not there.</exception>
    public async ValueTask<bool> AreEqualAsync(SourceFile file, Node node, CancellationToken cancellationToken)
    {
        if (_buffer.Length == 0)
        {
            _buffer = new byte[ring.Chunker.MaxSizeInBytes];
        }
        long offset = 0;
        await foreach (ContentPiece piece in trees.ReadPiecesAsync(node, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isEqual = piece.Id is { } id
                ? IsChunk(file, offset, piece.SizeInBytes, id)
                : IsZero(file, offset, offset + piece.SizeInBytes);
            if (!isEqual)
            {
                return false;
            }
            offset += piece.SizeInBytes;
        }
        return true;
    }

    private bool IsChunk(SourceFile file, long offset, long sizeInBytes, BlobId id)
    {
        if (sizeInBytes > _buffer.Length)
        {
            throw new CorruptDataException($"A piece of {sizeInBytes} bytes is longer than a chunk can be.");
        }
        Span<byte> chunk = _buffer.AsSpan(0, (int)sizeInBytes);
        for (int size = 0, read; size < chunk.Length; size += read)
        {
            read = file.ReadAt(chunk[size..], offset + size);
            if (read == 0)
            {
                return false; // Cut short.
            }
        }
        return Blake3.HashKeyed(ring.FileIdKey, chunk) == id.Value;
    }

    // What the file system still knows to be a hole is not read.
    private bool IsZero(SourceFile file, long offset, long end)
    {
        while ((offset = file.FindData(offset)) < end)
        {
            Span<byte> zeros = _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, end - offset));
            int read = file.ReadAt(zeros, offset);
            if (read == 0 || zeros[..read].ContainsAnyExcept((byte)0))
            {
                return false;
            }
            offset += read;
        }
        return true;
    }
}
