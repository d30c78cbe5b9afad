using System.Runtime.CompilerServices;
using Ebla.Indexing;
using Ebla.Operations.Copies;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Prunes;

/// <summary>Copies what is live out of packs that go, into new ones, and makes sure of what it leaves where it is.</summary>
internal sealed class LiveMover(Repository repository, PruneOptions options)
{
    // Each holds up to 4 MiB of packs, and of what these hold 8 MiB and a frame.
    private const int FetchesInFlightMax = 4;

    private readonly HashSet<(ObjectId Pack, long Offset)> _verified = [];
    private PackList? _old;

    /// <summary>Why the first blob that was to be copied could not be read; null if all could.</summary>
    public string? FirstLoss { get; private set; }

    /// <summary>Bytes of packs read.</summary>
    public long ReadInBytes { get; private set; }

    /// <summary>
    /// Copies each live blob of the packs that go and of the condemned ones of which no copy is elsewhere. Durable, and in the index, when
    /// this returns.
    /// </summary>
    /// <returns>False if something was gone when it was to be read: another pruner was faster. Look again.</returns>
    /// <exception cref="CorruptDataException">The copy elsewhere is damaged, or the only one.</exception>
    public async Task<bool> MoveAsync(
        LoadedCatalog catalog, LiveMark mark, IReadOnlySet<ObjectId> going, CancellationToken cancellationToken)
    {
        // What came later was verified when it was written, a moment ago.
        _old ??= catalog.Packs!;
        VisitedBlobs moved = new(catalog.Index.EntryCount);
        bool needsMove = false;
        HashSet<FrameAddress> kept = [];
        foreach ((long ordinal, CatalogEntry? elsewhere) in mark.Going(going, cancellationToken))
        {
            if (elsewhere is { } entry)
            {
                _ = kept.Add(entry.Frame);
            }
            else
            {
                needsMove |= moved.Add(ordinal);
            }
        }
        await VerifyAsync(catalog.Index, kept, cancellationToken).ConfigureAwait(false);
        return !needsMove || await CopyAsync(catalog.Index, moved, going, cancellationToken).ConfigureAwait(false);
    }

    // Of two copies one goes. The one that stays may have rotted since: then it must not be this one that is believed.
    private async Task VerifyAsync(BlobIndex index, HashSet<FrameAddress> frames, CancellationToken cancellationToken)
    {
        using BlobReader blobs = new(repository.Backend, repository.Keys, index, null);
        foreach (FrameAddress frame in frames.OrderBy(frame => frame.Run).ThenBy(frame => frame.Frame))
        {
            FrameLocation location = index.Locate(frame);
            if (!_old!.Sizes.ContainsKey(location.Pack) || !_verified.Add((location.Pack, location.OffsetInPack)))
            {
                continue;
            }
            try
            {
                (await blobs.ReadFrameAsync(frame, cancellationToken).ConfigureAwait(false)).Dispose();
                ReadInBytes += location.StoredSizeInBytes;
            }
            catch (CorruptDataException exception)
            {
                throw new CorruptDataException(
                    $"Of something stored twice, the copy that was to stay is damaged ({exception.Message}) Nothing was removed. "
                    + "Run: ebla check --read-data", exception);
            }
        }
    }

    private async Task<bool> CopyAsync(
        BlobIndex index, VisitedBlobs moved, IReadOnlySet<ObjectId> going, CancellationToken cancellationToken)
    {
        CopyCounters counters = new();
        CopyOptions copying = new()
        {
            FetchesInFlightMax = FetchesInFlightMax,
            IsMove = true,
            Upload = options.Upload,
        };
        using PlaceTable places = new(index, repository.Cache.NewSessionPath);
        UploadSession session = await UploadSession.StartAsync(repository, copying.Upload, cancellationToken, going).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable disposing = session.ConfigureAwait(false);
        using CopyRun run = new(repository, index, places, repository, session.Index, session, copying, counters);
        WantedBlobs wanted = new(index, places);
        foreach (long ordinal in moved.All())
        {
            wanted.Add(ordinal, index.GetEntry(ordinal));
        }
        await new SnapshotCopier(run).CopyAsync(wanted, cancellationToken).ConfigureAwait(false);
        await session.FinishAsync(cancellationToken).ConfigureAwait(false);
        ReadInBytes += counters.ReadInBytes;
        FirstLoss ??= run.Walk.FirstLoss;
        return counters.BlobsLost == 0;
    }
}
