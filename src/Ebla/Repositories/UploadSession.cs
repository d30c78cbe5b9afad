using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Snapshots;

namespace Ebla.Repositories;

/// <summary>
/// One writer at work: announced, the catalog loaded, frames sealed and stored by bounded stages, and at the end one snapshot committed
/// in the order of docs/design.md, "Commit". Partial snapshots can be committed on the way. Nothing is visible before that.
/// </summary>
internal sealed class UploadSession : IAsyncDisposable
{
    private const int RevalidationsMax = 3;

    private readonly Repository _repository;
    private readonly UploadOptions _options;
    private readonly LoadedCatalog _catalog;
    private readonly ClaimedBlobs _claimed;
    private readonly PackAssembler _assembler;
    private readonly PackJournal _journal;
    private readonly CondemnedWatch _condemned;
    private readonly SealingLine _line;
    private readonly CancellationTokenSource _stop;
    private readonly Task _sealing;
    private readonly Task _assembling;
    private readonly Task _journaling;
    private readonly Task _beating;
    private readonly ConcurrentQueue<FrameGatherer> _gatherers = [];
    private SessionRegister _register;
    private ExceptionDispatchInfo? _failure;
    private long _storedInBytes;
    private bool _isEnded;

    private UploadSession(
        Repository repository, UploadOptions options, SessionRegister register, LoadedCatalog catalog,
        CancellationToken cancellationToken)
    {
        _repository = repository;
        _options = options;
        _register = register;
        _catalog = catalog;
        _claimed = new ClaimedBlobs(catalog.Index);
        _journal = new PackJournal(Backend, repository.Keys, repository.Cache, repository.Metadata, catalog.Index, _claimed);
        _journal.AddUnnamed(catalog.UnnamedPacks);
        _condemned = new CondemnedWatch(repository, catalog);
        _assembler = new PackAssembler(Backend, repository.Keys, options, _claimed.Pack, _condemned.AddOwn, OnPut);
        _line = new SealingLine(repository, options);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _sealing = Guard(SealAllAsync);
        _assembling = Guard(AssembleAsync);
        _journaling = Guard(() => _journal.RunAsync(_stop.Token));
        _beating = Guard(BeatAsync);
    }

    /// <summary>The catalog that this session was loaded with, and that grows with what it stores.</summary>
    public BlobIndex Index => _catalog.Index;

    /// <summary>Objects of the catalog that could not be read at the start.</summary>
    public IReadOnlyList<CatalogFinding> Findings => _catalog.Findings;

    /// <summary>Bytes handed to the back-end for packs and index so far.</summary>
    public long StoredInBytes => Interlocked.Read(ref _storedInBytes);

    /// <summary>The same with the segments that name the packs; exact when nothing is under way.</summary>
    public long StoredWithIndexInBytes => StoredInBytes + _journal.SegmentBytes;

    private IBackend Backend => _repository.Backend;

    /// <summary>Announces a session and loads the catalog, in this order.</summary>
    /// <param name="repository">Where to.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Cancels, also later stages.</param>
    /// <param name="shunned">Packs not to rely on, since the caller is about to condemn them.</param>
    public static async Task<UploadSession> StartAsync(
        Repository repository, UploadOptions options, CancellationToken cancellationToken, IReadOnlySet<ObjectId>? shunned = null)
    {
        await RefuseSettingsAsync(repository.Backend, cancellationToken).ConfigureAwait(false);
        SessionRegister register = new(repository.Backend, repository.Keys);
        await register.AnnounceAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            LoadedCatalog catalog = await repository.CreateCatalogLoader().LoadForWritingAsync(cancellationToken, shunned)
                .ConfigureAwait(false);
            return new UploadSession(repository, options, register, catalog, cancellationToken);
        }
        catch
        {
            await register.EndAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Whether the blob is stored in a usable pack, or claimed in this session.</summary>
    public bool IsStored(BlobId id) => _claimed.Contains(id);

    /// <summary>True if the blob is new and the caller must now hand it over in a frame.</summary>
    public bool TryClaim(BlobId id) => _claimed.TryClaim(id);

    /// <summary>A new gatherer of blobs, for the time of the session.</summary>
    public FrameGatherer CreateGatherer(FrameKind kind, int frameSizeInBytes)
    {
        FrameGatherer gatherer = new(this, kind, frameSizeInBytes);
        _gatherers.Enqueue(gatherer);
        return gatherer;
    }

    /// <summary>Hands over a frame; takes ownership. Waits while the stages behind are full.</summary>
    public async ValueTask AddAsync(FrameDraft draft, CancellationToken cancellationToken)
    {
        try
        {
            await _line.AddAsync(draft, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ChannelClosedException or OperationCanceledException)
        {
            draft.Dispose();
            ThrowIfFailed();
            throw;
        }
    }

    /// <summary>
    /// Takes a frame that another repository holds with the same blob ids, decrypted and checked, its blobs still compressed; unless one
    /// of its blobs is stored or claimed already. Waits while the stages behind are full.
    /// </summary>
    /// <returns>Whether it was taken; else the caller has to hand over single blobs.</returns>
    public async ValueTask<bool> TryMoveAsync(
        FrameKind kind, IReadOnlyList<FrameBlob> blobs, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken)
    {
        if (!_claimed.TryClaimAll(blobs))
        {
            return false;
        }
        // The same way as those that are compressed here: so the order in which frames come decides where each is stored.
        await AddAsync(FrameDraft.OfLaidOut(kind, blobs, plaintext.Span), cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Commits snapshots of blobs that are stored or claimed by now, one after the other; the session goes on. Waits for nothing that is
    /// claimed later. Not while another snapshot is committed.
    /// </summary>
    /// <returns>False if a pruner has declared the session dead: then none of them was put.</returns>
    public async Task<bool> CommitAllAsync(
        IReadOnlyList<(ObjectName Name, byte[] Content)> snapshots, CancellationToken cancellationToken)
    {
        await NameClaimedAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ObjectName> intents = await _register.IntendAsync(
            snapshots.Select(snapshot => (ReadOnlyMemory<byte>)snapshot.Content), cancellationToken).ConfigureAwait(false);
        bool stands = await _register.StandsAsync(cancellationToken).ConfigureAwait(false);
        if (stands)
        {
            foreach ((ObjectName name, byte[] content) in snapshots)
            {
                // Each before the next, which names it as known.
                await PutDurablyAsync(name, content).ConfigureAwait(false);
            }
        }
        _ = await _register.TryDeleteAsync(intents, CancellationToken.None).ConfigureAwait(false);
        return stands;
    }

    /// <summary>
    /// Commits a snapshot on the way, of blobs that are stored or claimed by now; the session goes on. Waits for nothing that is claimed
    /// later. Not while another snapshot is committed.
    /// </summary>
    /// <param name="createSnapshot">Makes the snapshot from the bytes stored.</param>
    /// <param name="cancellationToken">Cancels; before the last put nothing is visible.</param>
    /// <returns>The snapshot's name; null if a pruner has declared the session dead, which the last commit sets right.</returns>
    public async Task<ObjectId?> CommitPartialAsync(Func<long, Snapshot> createSnapshot, CancellationToken cancellationToken)
    {
        await NameClaimedAsync(cancellationToken).ConfigureAwait(false);
        (ObjectName name, byte[] content) = SnapshotCodec.Seal(
            _repository.Keys, createSnapshot(StoredInBytes + _journal.SegmentBytes));
        ObjectName intent = await _register.IntendAsync(content, cancellationToken).ConfigureAwait(false);
        bool stands = await _register.StandsAsync(cancellationToken).ConfigureAwait(false);
        if (stands)
        {
            await PutDurablyAsync(name, content).ConfigureAwait(false);
        }
        _ = await _register.TryDeleteAsync([intent], CancellationToken.None).ConfigureAwait(false);
        return stands ? name.Id : null;
    }

    /// <summary>Stores everything handed over, durably, with its index; then the session is over, without a snapshot.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await NameClaimedAsync(cancellationToken).ConfigureAwait(false);
        await FinishStoringAsync().ConfigureAwait(false);
        _isEnded = true;
        await StopBeatingAsync().ConfigureAwait(false);
        await _register.EndAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores everything handed over, durably, with its index; then commits the snapshot.</summary>
    /// <param name="createSnapshot">Makes the snapshot from the bytes stored.</param>
    /// <param name="cancellationToken">Cancels; before the last put nothing is visible.</param>
    /// <returns>The snapshot's name.</returns>
    public async Task<ObjectId> CommitAsync(Func<long, Snapshot> createSnapshot, CancellationToken cancellationToken)
    {
        await FinishStoringAsync().ConfigureAwait(false);
        Snapshot snapshot = createSnapshot(StoredInBytes + _journal.SegmentBytes);
        (ObjectName name, byte[] content) = SnapshotCodec.Seal(_repository.Keys, snapshot);
        for (int attempt = 0; ; attempt++)
        {
            ObjectName intent = await _register.IntendAsync(content, cancellationToken).ConfigureAwait(false);
            if (await _register.StandsAsync(cancellationToken).ConfigureAwait(false))
            {
                await PutSnapshotAsync(name, content, intent).ConfigureAwait(false);
                return name.Id;
            }
            _ = await _register.TryDeleteAsync([intent], cancellationToken).ConfigureAwait(false);
            if (attempt == RevalidationsMax)
            {
                throw new FencedException("Other machines kept declaring this backup dead while it was being committed. Run it again.");
            }
            await RevalidateAsync(snapshot.Root, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _line.CompleteAdding();
        _line.Complete();
        await Task.WhenAll(_sealing, _assembling, _journaling, _beating).ConfigureAwait(false);
        foreach (FrameGatherer gatherer in _gatherers)
        {
            gatherer.Dispose();
        }
        if (!_isEnded)
        {
            await EndAfterFailureAsync().ConfigureAwait(false);
        }
        _assembler.Dispose();
        _journal.Dispose();
        _line.Dispose();
        _catalog.Index.Dispose();
        _stop.Dispose();
    }

    // Settings will name features that a writer must know. This version knows none, so it must not write where there are any.
    internal static async Task RefuseSettingsAsync(IBackend backend, CancellationToken cancellationToken)
    {
        await foreach (ObjectInfo info in backend.ListAsync(ObjectKind.Setting, cancellationToken).ConfigureAwait(false))
        {
            throw new UnsupportedFormatException(
                $"The repository has settings ({info.Name}) that this version of Ebla does not know. Use a newer version.");
        }
    }

    // From here on cancelling would not tell what happened: the snapshot is put, made durable, and the session ended.
    private async Task PutSnapshotAsync(ObjectName name, byte[] content, ObjectName intent)
    {
        await PutDurablyAsync(name, content).ConfigureAwait(false);
        _isEnded = true;
        await StopBeatingAsync().ConfigureAwait(false);
        try
        {
            _ = await _register.TryDeleteAsync([intent], CancellationToken.None).ConfigureAwait(false);
            await _register.EndAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (EblaException)
        {
            // The snapshot is durable, and that is the truth to tell; records left behind cost a pruner one observation.
        }
    }

    private async Task PutDurablyAsync(ObjectName name, byte[] content)
    {
        await Backend.PutAsync(name, new ReadOnlySequence<byte>(content), CancellationToken.None).ConfigureAwait(false);
        await Backend.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        _repository.Metadata?.Add(name.Id.Value, content);
    }

    // Everything claimed by now: out of the gatherers, into packs, these put and named in a segment, and all of it durable. Whoever
    // reads on meanwhile claims in the next generation, and is not waited for.
    private async Task NameClaimedAsync(CancellationToken cancellationToken)
    {
        ClaimGeneration claimed = _claimed.BeginGeneration();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
        try
        {
            foreach (FrameGatherer gatherer in _gatherers)
            {
                await gatherer.FlushAsync().ConfigureAwait(false);
            }
            await claimed.AllPacked.WaitAsync(stop.Token).ConfigureAwait(false);
            Task<Task> cut = _assembler.CutNext();
            await _line.CutAsync(stop.Token).ConfigureAwait(false);
            await (await cut.WaitAsync(stop.Token).ConfigureAwait(false)).WaitAsync(stop.Token).ConfigureAwait(false);
            _journal.Urge();
            await claimed.AllNamed.WaitAsync(stop.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
        {
            ThrowIfFailed();
            throw;
        }
        await Backend.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    // A pruner fenced this session. What it stored may be condemned by now: look again under a new session.
    private async Task RevalidateAsync(BlobId root, CancellationToken cancellationToken)
    {
        await StopBeatingAsync().ConfigureAwait(false);
        _register = new SessionRegister(Backend, _repository.Keys);
        await _register.AnnounceAsync(cancellationToken).ConfigureAwait(false);
        LoadedCatalog catalog = await _repository.CreateCatalogLoader().LoadForWritingAsync(cancellationToken).ConfigureAwait(false);
        using BlobIndex index = catalog.Index;
        CatalogWalk walk = new(index);
        walk.Visit(root, cancellationToken);
        if (walk.Missing.Count > 0)
        {
            throw new FencedException(
                "Another machine declared this backup dead and removed some of what it relied on. Run it again: "
                + "what is still stored is not stored twice.");
        }
    }

    private async Task FinishStoringAsync()
    {
        _line.CompleteAdding();
        await _sealing.ConfigureAwait(false);
        _line.Complete();
        await _assembling.ConfigureAwait(false);
        _journal.Complete();
        await _journaling.ConfigureAwait(false);
        ThrowIfFailed();
    }

    private async Task SealAllAsync()
    {
        Task[] sealers = new Task[_options.SealerCount];
        for (int i = 0; i < sealers.Length; i++)
        {
            sealers[i] = Guard(() => _line.SealAsync(_stop.Token));
        }
        await Task.WhenAll(sealers).ConfigureAwait(false);
    }

    private Task AssembleAsync() => _assembler.RunAsync(_line.Frames, _stop.Token);

    private async Task BeatAsync()
    {
        using PeriodicTimer timer = new(_options.HeartbeatInterval, _repository.Time);
        if (_condemned.Known.Count > 0)
        {
            // A prune may be waiting to hear this.
            await _register.BeatAsync(_condemned.Known, _stop.Token).ConfigureAwait(false);
        }
        while (!_isEnded)
        {
            try
            {
                _ = await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            try
            {
                await _condemned.ReviewAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is CorruptDataException or UnsupportedFormatException or MissingObjectException)
            {
                // Nobody knows what it condemns: so it is not known here, and the pruner waits.
            }
            await _register.BeatAsync(_condemned.Known, _stop.Token).ConfigureAwait(false);
        }
    }

    private async Task StopBeatingAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _beating.ConfigureAwait(false);
    }

    private void OnPut(IndexedPack pack)
    {
        _ = Interlocked.Add(ref _storedInBytes, pack.SizeInBytes);
        _journal.Add(pack);
    }

    // Runs a stage on the pool; its first failure stops all stages and is kept for whoever asks next.
    private Task Guard(Func<Task> stage) => Task.Run(async () =>
    {
        try
        {
            await stage().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            ExceptionDispatchInfo info = ExceptionDispatchInfo.Capture(exception);
            ExceptionDispatchInfo? first = Interlocked.CompareExchange(ref _failure, info, null);
            if (first?.SourceException is OperationCanceledException && exception is not OperationCanceledException)
            {
                _failure = info;
            }
            await _stop.CancelAsync().ConfigureAwait(false);
            _line.CompleteAdding(exception);
            _line.Complete(exception);
        }
    });

    private void ThrowIfFailed() => _failure?.Throw();

    private async Task EndAfterFailureAsync()
    {
        try
        {
            await _register.EndAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (EblaException)
        {
            // The failure that led here is on its way to the caller; an announcement left behind costs a pruner one observation.
        }
    }
}
