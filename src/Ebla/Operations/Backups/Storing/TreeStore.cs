using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Storing;

/// <summary>Stores tree blobs that are new, gathered to frames. Safe for concurrent use.</summary>
internal sealed class TreeStore(UploadSession session, RingKeys ring, BackupCounters counters, int frameSizeInBytes)
{
    private readonly FrameGatherer _frames = session.CreateGatherer(FrameKind.Tree, frameSizeInBytes);

    /// <summary>What nodes refer to besides their content. Handed over with the trees.</summary>
    public AttributeStore Attributes { get; } = new(session, ring, counters, frameSizeInBytes);

    /// <summary>The blob's id; its content is handed to the session unless it is stored already.</summary>
    public async ValueTask<BlobId> StoreAsync(TreeBlobDraft blob, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        BlobId id = new(Blake3.HashKeyed(ring.TreeIdKey, blob.Plaintext.Span));
        if (await _frames.AddAsync(id, blob.Plaintext, blob.Links).ConfigureAwait(false))
        {
            counters.CountAdded(blob.Plaintext.Length);
        }
        return id;
    }

    /// <summary>Hands over what is gathered.</summary>
    public async ValueTask FlushAsync()
    {
        await Attributes.FlushAsync().ConfigureAwait(false);
        await _frames.FlushAsync().ConfigureAwait(false);
    }
}
