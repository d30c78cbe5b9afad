using Ebla.Indexing;
using Ebla.Notes;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;

namespace Ebla.Operations.Prunes;

/// <summary>One prune, step by step as docs/prune.md has them. Each step leaves the repository whole.</summary>
internal sealed class PruneRun : IDisposable
{
    private const int LooksMax = 4;

    private readonly Repository _repository;
    private readonly PruneOptions _options;
    private readonly IPruneObserver _observer;
    private readonly LiveMover _mover;
    private readonly SessionWatch _watch;
    private readonly Sweep _sweep;
    private readonly IntentFinisher _finisher;
    private readonly HashSet<ObjectName> _told = [];
    private LoadedCatalog? _planned;
    private LiveMark? _plannedMark;
    private bool _hasSpared;
    private long _repackedInBytes;

    public PruneRun(Repository repository, PruneOptions options, IPruneObserver observer)
    {
        _repository = repository;
        _options = options;
        _observer = observer;
        _mover = new LiveMover(repository, options);
        _watch = new SessionWatch(repository, options, observer);
        _sweep = new Sweep(repository, options, observer);
        _finisher = new IntentFinisher(repository, _sweep);
    }

    public async Task<PruneResult> RunAsync(CancellationToken cancellationToken)
    {
        PruneResult result = await RunPassAsync(cancellationToken).ConfigureAwait(false);
        if (_hasSpared && result.SessionsStanding == 0 && !(await LoadSessionsAsync(cancellationToken).ConfigureAwait(false)).Standing.Any())
        {
            // Packs were spared for sessions that have died or ended meanwhile.
            result = result.Then(await RunPassAsync(cancellationToken).ConfigureAwait(false));
        }
        if (result.SessionsStanding > 0 && !_options.DryRun)
        {
            return result with { ReadInBytes = _mover.ReadInBytes };
        }
        _observer.Doing("merging the index ...");
        await new SegmentMerge(_repository, _sweep, _options).RunAsync(cancellationToken).ConfigureAwait(false);
        SessionList sessions = await LoadSessionsAsync(cancellationToken).ConfigureAwait(false);
        await _finisher.RunAsync(sessions, cancellationToken).ConfigureAwait(false);
        await _sweep.RemoveSessionsAsync(sessions, cancellationToken).ConfigureAwait(false);
        return result with { SnapshotsFinished = _finisher.Finished, Refused = _sweep.Refused, ReadInBytes = _mover.ReadInBytes };
    }

    public void Dispose() => _planned?.Index.Dispose();

    private async Task<PruneResult> RunPassAsync(CancellationToken cancellationToken)
    {
        (bool isAnythingGoing, PruneResult result) = await PlanAsync(cancellationToken).ConfigureAwait(false);
        if (isAnythingGoing)
        {
            return await RemoveAsync(result, cancellationToken).ConfigureAwait(false);
        }
        // Nobody need be waited for, but the records of one that died are cleared away.
        _ = await _watch.WaitAsync(new CondemnedNames([], []), cancellationToken).ConfigureAwait(false);
        return result with { SessionsWaitedFor = _watch.Awaited, SessionsFenced = _watch.Fenced };
    }

    private async Task<PruneResult> RemoveAsync(PruneResult result, CancellationToken cancellationToken)
    {
        // What others condemned and did not come to remove is removed, too: this is how a prune that died is cleaned up after.
        CondemnedNames condemned = await new CondemnedStore(_repository.Backend, _repository.Keys).LoadAsync(cancellationToken).ConfigureAwait(false);
        int standing = await _watch.WaitAsync(condemned, cancellationToken).ConfigureAwait(false);
        result = result with { SessionsWaitedFor = _watch.Awaited, SessionsFenced = _watch.Fenced, SessionsStanding = standing };
        if (standing > 0 && !_options.DryRun)
        {
            return result with { PacksLeft = await CountLeftAsync(condemned, cancellationToken).ConfigureAwait(false) };
        }
        // What runs left that died in a commit is ended twice: before the look, which an intent would stop of which something is lost; and after
        // it, when what was in condemned packs only has been copied out of them.
        await _finisher.RunAsync(await LoadSessionsAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        for (int look = 1; ; look++)
        {
            if (await TrySweepAsync(condemned, result, look == LooksMax, cancellationToken).ConfigureAwait(false) is { } swept)
            {
                return swept;
            }
            if (look == LooksMax)
            {
                throw new BackendException(
                    "Packs vanished again and again while what is needed of them was copied. Nothing was removed. Is another prune at work? "
                    + "Run it again.", isTransient: false);
            }
        }
    }

    // Mark, copy what is used of the packs that go (so that writers which begin now find it), condemn.
    private async Task<(bool IsAnythingGoing, PruneResult Result)> PlanAsync(CancellationToken cancellationToken)
    {
        _observer.Doing("reading the index ...");
        SessionList sessions = await LoadSessionsAsync(cancellationToken).ConfigureAwait(false);
        CondemnedNames before = await new CondemnedStore(_repository.Backend, _repository.Keys).LoadAsync(cancellationToken).ConfigureAwait(false);
        SnapshotList snapshots = await LoadSnapshotsAsync(before, sessions, cancellationToken).ConfigureAwait(false);
        LoadedCatalog catalog = await LoadCatalogAsync(cancellationToken).ConfigureAwait(false);
        _planned?.Index.Dispose();
        _planned = catalog;
        Sightings sightings = new(_repository, _options);
        StoredSnapshot[] removed =
        [
            .. snapshots.Forgotten.Where(stored => (before.Snapshots.Contains(stored.Id) || sightings.IsOver(stored.Id))
                && !snapshots.Notes.MayBeBack(stored.Id)),
        ];
        TellOfDoubt(snapshots, before);
        sightings.Save(snapshots.Forgotten.Select(stored => stored.Id));
        // What runs left that could not delete their intents must not keep what was forgotten since. The look takes all intents for roots.
        BlobId[] intended = [.. sessions.RootsToCome(snapshots.Present.Select(stored => stored.Id).ToHashSet())];
        BlobId[] roots = RootsOf(snapshots.Present.Except(removed), intended);
        _observer.Doing("finding out what is used ...");
        LiveMark mark = _plannedMark = new(catalog, snapshots.Present.Except(removed).Select(stored => stored.Snapshot.Root), cancellationToken);
        if (mark.Missing.Count > 0)
        {
            throw Damaged(mark);
        }
        // An intent of which something is lost stops nothing here: or none would ever come to drop it.
        mark.Add(intended, cancellationToken);
        bool areWritersAtWork = sessions.Standing.Any();
        LiveMark? going = areWritersAtWork ? new LiveMark(catalog, removed.Select(stored => stored.Snapshot.Root), cancellationToken) : null;
        PruneOptions options = _options with { RepackSizeInBytesMax = _options.RepackSizeInBytesMax - _repackedInBytes };
        PrunePlan plan = PrunePlan.Of(mark.Count(going, cancellationToken), options, areWritersAtWork);
        _repackedInBytes += plan.Repacked.Sum(use => use.UsedInBytes);
        if (plan.Going.Count > 0)
        {
            _observer.Doing("copying what is used ...");
            if (!await _mover.MoveAsync(catalog, mark, plan.Going, cancellationToken).ConfigureAwait(false))
            {
                throw new CorruptDataException(
                    $"Something that snapshots need cannot be read: {_mover.FirstLoss?.TrimEnd('.')}. Nothing was removed: a repository is pruned "
                    + "when it is whole. Run ebla check --read-data, which names all that is damaged.");
            }
        }
        ObjectId[] packs = [.. plan.Going.Order()];
        ObjectId[] gone = [.. removed.Select(stored => stored.Id).Where(id => !before.Snapshots.Contains(id))];
        if (packs.Length + gone.Length > 0)
        {
            _ = await new CondemnedStore(_repository.Backend, _repository.Keys).PutAsync(packs, gone, cancellationToken).ConfigureAwait(false);
            await _repository.DelayAsync(2 * _options.ListLag, cancellationToken).ConfigureAwait(false);
        }
        // Packs that stay for the sessions' sake alone: unless a session that died is fenced, they would stay for ever.
        _hasSpared = plan.Kept.Any(use => use.UsedSizeInBytes == 0);
        bool isAnythingGoing = packs.Length + removed.Length > 0 || catalog.Packs!.Sizes.Keys.Any(before.Packs.Contains) || _hasSpared;
        return (isAnythingGoing, new PruneResult
        {
            SnapshotsRemoved = 0,
            SnapshotsInGrace = snapshots.Forgotten.Count - removed.Length,
            PacksUnused = plan.Unused.Count,
            PacksRepacked = plan.Repacked.Count,
            PacksKept = plan.Kept.Count,
            PacksRemoved = 0,
            PacksLeft = 0,
            RemovedInBytes = 0,
            StoredInBytes = 0,
            ReadInBytes = 0,
            PacksSizeInBytes = catalog.Packs!.Sizes.Values.Sum(),
            UnusedInBytes = plan.Kept.Sum(use => use.UnusedInBytes),
            SessionsWaitedFor = 0,
            SessionsStanding = 0,
            SessionsFenced = 0,
            SnapshotsFinished = 0,
            Refused = 0,
            IsDryRun = _options.DryRun,
            Duration = default,
        });
    }

    // Look again: intents, then snapshots, then condemned records, packs, index. Copy out what somebody came to need; then delete.
    private async Task<PruneResult?> TrySweepAsync(
        CondemnedNames condemned, PruneResult result, bool isLast, CancellationToken cancellationToken)
    {
        _observer.Doing("looking again ...");
        SessionList sessions = await LoadSessionsAsync(cancellationToken).ConfigureAwait(false);
        await _repository.DelayAsync(_options.ListLag, cancellationToken).ConfigureAwait(false);
        SnapshotList snapshots = await LoadSnapshotsAsync(condemned, sessions, cancellationToken).ConfigureAwait(false);
        LoadedCatalog catalog = await LoadCatalogAsync(cancellationToken).ConfigureAwait(false);
        using BlobIndex index = catalog.Index;
        StoredSnapshot[] removed =
        [
            .. snapshots.Forgotten.Where(stored => condemned.Snapshots.Contains(stored.Id) && !sessions.Intends(stored.Id)
                && !snapshots.Notes.MayBeBack(stored.Id)),
        ];
        ObjectId[] packs = [.. catalog.Packs!.Sizes.Keys.Where(condemned.Packs.Contains).Order()];
        if (packs.Length > 0)
        {
            BlobId[] roots = RootsOf(snapshots.Present.Except(removed), sessions.Roots);
            LiveMark mark = _plannedMark?.TryRenew(catalog, roots, cancellationToken) ?? new LiveMark(catalog, roots, cancellationToken);
            if (mark.Missing.Count > 0)
            {
                // While another prune moves something, a listing may show neither the old place nor the new. And below a tree blob that is not
                // seen nothing is: so nothing is removed before all is.
                return isLast ? throw Damaged(mark) : null;
            }
            if (!await _mover.MoveAsync(catalog, mark, new HashSet<ObjectId>(), cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }
        _observer.Doing("removing ...");
        if (removed.Length > 0)
        {
            // From here on nothing brings them back, also not a note that is on its way.
            _ = await new NoteStore(_repository).PutAsync(
                new Note(NoteType.Removed, snapshots.Notes.NextNumber) { Removed = [.. removed.Select(stored => stored.Id)] },
                cancellationToken).ConfigureAwait(false);
        }
        (int goneSnapshots, int gonePacks) = removed.Length + packs.Length == 0
            ? (0, 0)
            : await _sweep.RunAsync([.. removed.Select(stored => stored.Id)], packs, cancellationToken).ConfigureAwait(false);
        return result with { SnapshotsRemoved = goneSnapshots, PacksRemoved = gonePacks, PacksLeft = packs.Length - gonePacks };
    }

    private static CorruptDataException Damaged(LiveMark mark)
        => Damaged($"{mark.Missing.Count} blobs that snapshots refer to are in no pack that is there");

    private static CorruptDataException Damaged(string what)
        => new($"{what}. Nothing was removed: a repository is pruned when it is whole. Run ebla check, and forget what cannot be mended.");

    private static BlobId[] RootsOf(IEnumerable<StoredSnapshot> snapshots, IEnumerable<BlobId> intended)
        => [.. snapshots.Select(stored => stored.Snapshot.Root).Concat(intended).Distinct()];

    private Task<SessionList> LoadSessionsAsync(CancellationToken cancellationToken)
        => SessionList.LoadAsync(_repository.Backend, _repository.Keys, cancellationToken);

    // All that are there, and all that those knew: what only a lost one needs is unused, and would go for good, though its object may be found
    // again. A list that was under way while two came may show the one that knew the other alone, but not again and again. One that is still
    // intended is a root as it is, and the finisher puts it: a run that commits several may die between two.
    private async Task<SnapshotList> LoadSnapshotsAsync(
        CondemnedNames condemned, SessionList sessions, CancellationToken cancellationToken)
    {
        for (int look = 1; ; look++)
        {
            SnapshotList snapshots = await new SnapshotStore(_repository).LoadAsync(cancellationToken).ConfigureAwait(false);
            snapshots.Notes.RequireWhole();
            if (snapshots.Findings.Count > 0)
            {
                throw new CorruptDataException(
                    $"{snapshots.Findings[0].Message.TrimEnd('.')}. Nothing was removed: nobody knows what that snapshot needs. Put it back from a "
                    + "copy of the store, or delete the object.");
            }
            List<(KnownWriter Lost, StoredSnapshot KnownBy)> missing = [.. snapshots.Missing
                .Where(one => !condemned.Snapshots.Contains(one.Lost.Snapshot) && !sessions.Intends(one.Lost.Snapshot))];
            if (missing.Count == 0)
            {
                return snapshots;
            }
            if (look == LooksMax)
            {
                ObjectId lost = missing[0].Lost.Snapshot;
                throw new CorruptDataException(
                    $"{new ObjectName(ObjectKind.Snapshot, lost)} is missing: snapshot {missing[0].KnownBy.Id.ToShortString()} knew it, and nobody "
                    + "forgot it. Nothing was removed: what it needs would be lost for good. Put it back from a copy of the store; or, if it is to "
                    + $"go: ebla forget {lost.ToShortString()}");
            }
            await _repository.DelayAsync(_options.ListLag, cancellationToken).ConfigureAwait(false);
        }
    }

    private void TellOfDoubt(SnapshotList snapshots, CondemnedNames condemned)
    {
        foreach (StoredSnapshot stored in snapshots.Forgotten.Where(stored => snapshots.Notes.MayBeBack(stored.Id)))
        {
            string id = stored.Id.ToShortString();
            _observer.Problem(
                $"note number {snapshots.Notes.LastMissingNumber} is missing, and may have brought the forgotten snapshot {id} back: it stays. To "
                + $"let it go: ebla forget {id}; to have it: "
                + (condemned.Snapshots.Contains(stored.Id) ? "put that note back from a copy of the store" : $"ebla undelete {id}"));
        }
    }

    private async Task<LoadedCatalog> LoadCatalogAsync(CancellationToken cancellationToken)
    {
        LoadedCatalog catalog = await _repository.CreateCatalogLoader().LoadForPruningAsync(cancellationToken).ConfigureAwait(false);
        // The catalog is read again before anything is removed: what was told is not told again.
        foreach (CatalogFinding finding in catalog.Findings.Where(finding => _told.Add(finding.Name)))
        {
            _observer.Problem($"{finding.Message} Run ebla check, which says what to do.");
        }
        return catalog;
    }

    private async Task<int> CountLeftAsync(CondemnedNames condemned, CancellationToken cancellationToken)
    {
        PackList packs = await PackList.LoadAsync(_repository.Backend, [], cancellationToken).ConfigureAwait(false);
        return packs.Sizes.Keys.Count(condemned.Packs.Contains);
    }
}
