using System.Threading.Channels;
using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>The last stages of an upload: gathers sealed frames to packs and hands these to the back-end, a few at a time.</summary>
internal sealed class PackAssembler(
    IBackend backend, UnlockedKeys keys, UploadOptions options, Action<IndexedPack> onPut) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(options.PutsInFlightMax);
    private readonly List<Task> _puts = [];
    private readonly Dictionary<FrameKind, List<SealedFrame>> _open = new()
    {
        [FrameKind.File] = [],
        [FrameKind.Tree] = [],
    };

    /// <summary>Runs until the channel is complete and all packs are put. The first failure stops it.</summary>
    public async Task RunAsync(ChannelReader<SealedFrame> frames, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (SealedFrame frame in frames.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                List<SealedFrame> open = _open[frame.Record.Kind];
                open.Add(frame);
                if (open.Sum(member => (long)member.Record.StoredSizeInBytes) >= options.PackSizeInBytes
                    || open.Count == PackDirectory.FramesMax)
                {
                    await CloseAsync(frame.Record.Kind, cancellationToken).ConfigureAwait(false);
                }
            }
            foreach (FrameKind kind in _open.Keys.ToArray())
            {
                await CloseAsync(kind, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            // Buffers are in use until every put has ended, whatever became of it.
            await Task.WhenAll(_puts).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        foreach (SealedFrame frame in _open.Values.SelectMany(frames => frames))
        {
            frame.Dispose();
        }
        _slots.Dispose();
    }

    private async Task CloseAsync(FrameKind kind, CancellationToken cancellationToken)
    {
        List<SealedFrame> frames = _open[kind];
        if (frames.Count == 0)
        {
            return;
        }
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        foreach (Task failed in _puts.Where(put => put.IsFaulted))
        {
            await failed.ConfigureAwait(false);
        }
        _ = _puts.RemoveAll(put => put.IsCompletedSuccessfully);
        _open[kind] = [];
        _puts.Add(Task.Run(() => PutAsync(frames, cancellationToken), CancellationToken.None));
    }

    private async Task PutAsync(List<SealedFrame> frames, CancellationToken cancellationToken)
    {
        try
        {
            PackDraft pack = PackCodec.Complete(keys, frames);
            await backend.PutAsync(new ObjectName(ObjectKind.Pack, pack.Id), pack.Content, cancellationToken)
                .ConfigureAwait(false);
            onPut(new IndexedPack(pack.Id, pack.Content.Length, PackDirectory.Read(pack.Directory)));
        }
        finally
        {
            frames.ForEach(frame => frame.Dispose());
            _ = _slots.Release();
        }
    }
}
