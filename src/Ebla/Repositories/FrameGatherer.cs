using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>Gathers new blobs to frames for its session. Safe for concurrent use: a checkpoint hands over what is gathered, from beside.</summary>
/// <remarks>
/// A blob is claimed and gathered in one step, and what is gathered is never dropped while the session lives, whatever becomes of those
/// who add: so whoever sees a blob as claimed can rely on it.
/// </remarks>
internal sealed class FrameGatherer(UploadSession session, FrameKind kind, int frameSizeInBytes) : IDisposable
{
    private readonly Lock _lock = new();
    private FrameDraft? _draft;

    /// <summary>Takes a blob, unless it is stored or claimed. Waits while the stages behind are full, as long as the session lives.</summary>
    /// <returns>Whether it was new.</returns>
    public async ValueTask<bool> AddAsync(BlobId id, ReadOnlyMemory<byte> plaintext, IReadOnlyList<ShortId> links)
    {
        FrameDraft? full = null;
        lock (_lock)
        {
            if (!session.TryClaim(id))
            {
                return false;
            }
            _draft ??= new FrameDraft(kind, frameSizeInBytes);
            if (!_draft.TryAdd(id, plaintext.Span, links))
            {
                full = _draft;
                _draft = new FrameDraft(kind, frameSizeInBytes);
                Invariant.Check(_draft.TryAdd(id, plaintext.Span, links));
            }
        }
        if (full is not null)
        {
            await session.AddAsync(full, CancellationToken.None).ConfigureAwait(false);
        }
        return true;
    }

    /// <summary>Hands over what is gathered.</summary>
    public ValueTask FlushAsync()
    {
        FrameDraft? draft;
        lock (_lock)
        {
            draft = _draft;
            _draft = null;
        }
        return draft is null ? ValueTask.CompletedTask : session.AddAsync(draft, CancellationToken.None);
    }

    /// <summary>The session is over, which alone calls this.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _draft?.Dispose();
            _draft = null;
        }
    }
}
