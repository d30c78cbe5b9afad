using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Dumps;

/// <summary>Writes contents of files in order, verified piece by piece before they are written. Fetches a few pieces ahead.</summary>
internal sealed class DumpContent(SnapshotReader reader)
{
    // Chunks of some 100 KiB: about a frame ahead.
    private const int PiecesAheadMax = 12;

    private static readonly byte[] Zeros = new byte[64 << 10];

    /// <summary>Writes a file; holes as zeros.</summary>
    /// <exception cref="CorruptDataException">
    /// Or <see cref="MissingObjectException"/>: what was written is right, and ends before the damage.
    /// </exception>
    public async Task CopyAsync(Node file, Stream destination, CancellationToken cancellationToken)
    {
        Queue<(ContentPiece Piece, Task<ReadOnlyMemory<byte>>? Content)> ahead = [];
        try
        {
            await foreach (ContentPiece piece in reader.Trees.ReadPiecesAsync(file, cancellationToken).ConfigureAwait(false))
            {
                if (piece is { Id: not null, SizeInBytes: > FramePlaintext.BlobSizeInBytesMax })
                {
                    throw new CorruptDataException($"{file.Name}: a chunk is said to be longer than any is.");
                }
                ahead.Enqueue((piece, piece.Id is { } id ? reader.Blobs.ReadAsync(id, cancellationToken).AsTask() : null));
                if (ahead.Count > PiecesAheadMax)
                {
                    await WriteNextAsync().ConfigureAwait(false);
                }
            }
            while (ahead.Count > 0)
            {
                await WriteNextAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            // The readers must not outlive the catalog.
            await Task.WhenAll(ahead.Select(next => next.Content).OfType<Task>())
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task WriteNextAsync()
        {
            (ContentPiece piece, Task<ReadOnlyMemory<byte>>? content) = ahead.Dequeue();
            cancellationToken.ThrowIfCancellationRequested();
            if (content is null)
            {
                for (long rest = piece.SizeInBytes; rest > 0; rest -= Zeros.Length)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    destination.Write(Zeros.AsSpan(0, (int)Math.Min(rest, Zeros.Length)));
                }
                return;
            }
            ReadOnlyMemory<byte> blob = await content.ConfigureAwait(false);
            if (blob.Length != piece.SizeInBytes)
            {
                throw new CorruptDataException($"{file.Name}: blob {piece.Id!.Value.ToShortString()} has another length than the file says.");
            }
            destination.Write(blob.Span);
        }
    }
}
