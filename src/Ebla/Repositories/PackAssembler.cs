using System.Threading.Channels;
using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>The last stages of an upload: gathers sealed frames to packs and hands these to the back-end, a few at a time.</summary>
/// <param name="backend">Where to.</param>
/// <param name="keys">Seal directories.</param>
/// <param name="options">How.</param>
/// <param name="onPacked">Told of a frame that came into a pack.</param>
/// <param name="onPutting">Told of a pack before anybody can see it.</param>
/// <param name="onPut">Told of a pack that is put.</param>
internal sealed class PackAssembler(
    IBackend backend, UnlockedKeys keys, UploadOptions options, Action<FrameRecord> onPacked, Action<ObjectId> onPutting, Action<IndexedPack> onPut)
    : IDisposable
{
    // About 110,000 blobs: of a million tiny files the blobs of an open pack would take more memory than the pack, until an index holds them.
    private const int DirectorySizeInBytesMax = 4 << 20;

    private readonly SemaphoreSlim _slots = new(options.PutsInFlightMax);
    private readonly List<Task> _puts = [];
    private readonly Stack<byte[]> _segments = [];
    private readonly Dictionary<FrameKind, PackBuilder> _open = [];
    private TaskCompletionSource<Task>? _cut;

    /// <summary>Has the open packs closed, when null comes through the channel next.</summary>
    /// <returns>Completes when they are; the inner task when they are put.</returns>
    public Task<Task> CutNext()
    {
        TaskCompletionSource<Task> cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Invariant.Check(Interlocked.Exchange(ref _cut, cut) is null);
        return cut.Task;
    }

    /// <summary>Runs until the channel is complete and all packs are put. The first failure stops it.</summary>
    public async Task RunAsync(ChannelReader<Task<SealedFrame?>> frames, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (Task<SealedFrame?> sealing in frames.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                SealedFrame? frame = await sealing.ConfigureAwait(false);
                if (frame is null)
                {
                    await CloseAllAsync(cancellationToken).ConfigureAwait(false);
                    Interlocked.Exchange(ref _cut, null)!.SetResult(Task.WhenAll(_puts.ToArray()));
                    continue;
                }
                FrameKind kind = frame.Record.Kind;
                if (!_open.TryGetValue(kind, out PackBuilder? pack))
                {
                    pack = new PackBuilder(keys, _segments);
                    _open.Add(kind, pack);
                }
                using (frame)
                {
                    pack.Add(frame);
                    onPacked(frame.Record);
                }
                if (pack.SizeInBytes >= options.PackSizeInBytes || pack.DirectorySizeInBytes >= DirectorySizeInBytesMax || !pack.HasRoom)
                {
                    await CloseAsync(kind, cancellationToken).ConfigureAwait(false);
                }
            }
            await CloseAllAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Buffers are in use until every put has ended, whatever became of it.
            await Task.WhenAll(_puts).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        foreach (PackBuilder pack in _open.Values)
        {
            pack.Dispose();
        }
        _slots.Dispose();
    }

    private async Task CloseAllAsync(CancellationToken cancellationToken)
    {
        foreach (FrameKind kind in _open.Keys.ToArray())
        {
            await CloseAsync(kind, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CloseAsync(FrameKind kind, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        foreach (Task failed in _puts.Where(put => put.IsFaulted))
        {
            await failed.ConfigureAwait(false);
        }
        _ = _puts.RemoveAll(put => put.IsCompletedSuccessfully);
        _ = _open.Remove(kind, out PackBuilder? pack);
        _puts.Add(Task.Run(() => PutAsync(pack!, cancellationToken), CancellationToken.None));
    }

    private async Task PutAsync(PackBuilder builder, CancellationToken cancellationToken)
    {
        try
        {
            PackDraft pack = builder.Complete();
            onPutting(pack.Id);
            await backend.PutAsync(new ObjectName(ObjectKind.Pack, pack.Id), pack.Content, cancellationToken)
                .ConfigureAwait(false);
            onPut(new IndexedPack(pack.Id, pack.Content.Length, PackDirectory.Read(pack.Directory)));
        }
        finally
        {
            builder.Dispose();
            _ = _slots.Release();
        }
    }
}
