using System.Threading.Channels;
using Ebla.Keys;
using Ebla.Packs;

namespace Ebla.Repositories;

/// <summary>
/// The middle stages of an upload: frames come in, are sealed by several threads at once, and go on in the order in which they came, each with
/// the number that it would have had from one thread. So a trial stores to the byte what the run stores.
/// </summary>
internal sealed class SealingLine(Repository repository, UploadOptions options) : IDisposable
{
    private readonly SealingSource _sealings = new(repository.Keys.Ring);
    private readonly SemaphoreSlim _taking = new(1);
    private readonly Channel<FrameDraft> _drafts = Channel.CreateBounded<FrameDraft>(options.SealerCount + 1);

    // Those that are being sealed count, too.
    private readonly Channel<Task<SealedFrame?>> _frames = Channel.CreateBounded<Task<SealedFrame?>>(2 * options.SealerCount + 1);

    /// <summary>What comes out; null where <see cref="CutAsync"/> was called. A frame whose sealing failed tells why.</summary>
    public ChannelReader<Task<SealedFrame?>> Frames => _frames.Reader;

    /// <summary>Takes a frame, which is its own from then on. Waits while the line is full.</summary>
    /// <exception cref="ChannelClosedException">The line is closed; the frame stays the caller's.</exception>
    public ValueTask AddAsync(FrameDraft draft, CancellationToken cancellationToken) => _drafts.Writer.WriteAsync(draft, cancellationToken);

    /// <summary>Puts a mark behind all frames whose sealing has begun.</summary>
    public ValueTask CutAsync(CancellationToken cancellationToken)
        => _frames.Writer.WriteAsync(Task.FromResult<SealedFrame?>(null), cancellationToken);

    /// <summary>Nothing more comes in.</summary>
    public void CompleteAdding(Exception? failure = null) => _ = _drafts.Writer.TryComplete(failure);

    /// <summary>Nothing more goes out. When all who seal have ended.</summary>
    public void Complete(Exception? failure = null) => _ = _frames.Writer.TryComplete(failure);

    /// <summary>What one thread does: seals, until nothing more comes in.</summary>
    public async Task SealAsync(CancellationToken cancellationToken)
    {
        using FrameSealer sealer = new(repository.Keys, options.CompressionLevel);
        while (await TakeAsync(cancellationToken).ConfigureAwait(false) is var (draft, place, taker))
        {
            try
            {
                using (draft)
                {
                    SealedFrame frame = sealer.Seal(draft, place);
                    if (frame.Record.Kind == FrameKind.Tree)
                    {
                        // The next backup compares with these trees.
                        repository.Metadata?.Add(frame.Record.CiphertextHash, frame.Ciphertext.Span);
                    }
                    taker.SetResult(frame);
                }
            }
            catch (Exception exception)
            {
                taker.SetException(exception);
                throw;
            }
        }
    }

    /// <summary>Lets go of what is in the line. When nobody works at it any more.</summary>
    public void Dispose()
    {
        while (_drafts.Reader.TryRead(out FrameDraft? draft))
        {
            draft.Dispose();
        }
        while (_frames.Reader.TryRead(out Task<SealedFrame?>? frame))
        {
            if (frame.IsCompletedSuccessfully)
            {
                frame.Result?.Dispose();
            }
        }
        _taking.Dispose();
        _sealings.Dispose();
    }

    // The next draft, with its number and its turn. Null at the end.
    private async Task<(FrameDraft Draft, (Sealing Sealing, uint Number) Place, TaskCompletionSource<SealedFrame?> Taker)?> TakeAsync(
        CancellationToken cancellationToken)
    {
        await _taking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!await _drafts.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false)
                || !_drafts.Reader.TryRead(out FrameDraft? draft))
            {
                return null;
            }
            TaskCompletionSource<SealedFrame?> taker = new(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                (Sealing Sealing, uint Number) place = _sealings.Next();
                await _frames.Writer.WriteAsync(taker.Task, cancellationToken).ConfigureAwait(false);
                return (draft, place, taker);
            }
            catch
            {
                draft.Dispose();
                throw;
            }
        }
        finally
        {
            _ = _taking.Release();
        }
    }
}
