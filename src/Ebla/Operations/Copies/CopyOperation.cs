using System.Runtime.CompilerServices;
using Ebla.Indexing;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Copies;

/// <summary>Copies snapshots from one repository into another.</summary>
public static class CopyOperation
{
    private const int SessionsMax = 4;

    /// <summary>
    /// Runs a copy: oldest snapshots first, what the destination has already is passed over. All that is read is checked before it is
    /// stored, and a snapshot becomes visible only after everything it refers to is durable. A snapshot that needs something which is
    /// damaged is not copied; the others are.
    /// </summary>
    /// <exception cref="SnapshotNotFoundException">The source has no such snapshot.</exception>
    public static async Task<CopyResult> RunAsync(
        Repository source, Repository destination, CopyOptions options, ICopyObserver observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observer);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.FetchesInFlightMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CommitCountMax, 1);
        long start = destination.Time.GetTimestamp();
        CopyCounters counters = new();
        observer.Started(counters);
        SnapshotList known = await new SnapshotStore(source).LoadAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<StoredSnapshot> chosen = CopySelection.Choose(known, options);
        foreach (CatalogFinding finding in known.Findings)
        {
            counters.CountFailed();
            observer.Problem($"{finding.Name}: {finding.Message}");
        }
        bool sharesNames = source.Keys.Ring.SharesNamesWith(destination.Keys.Ring);
        if (!source.Keys.Ring.SharesCutsWith(destination.Keys.Ring))
        {
            observer.Notice(
                "the destination cuts files at other places than the source: what is copied is stored once, but new backups made to the "
                + "destination will not find it and will store the same files again. A destination made with 'ebla init --like' has not "
                + "got this problem");
        }
        CopyJob job = new(source, destination, options, observer, counters);
        await job.RunAsync(known.Snapshots, chosen, cancellationToken).ConfigureAwait(false);
        return new CopyResult
        {
            SnapshotsCopied = counters.SnapshotsCopied,
            SnapshotsSkipped = counters.SnapshotsSkipped,
            SnapshotsFailed = counters.SnapshotsFailed,
            Blobs = counters.Blobs,
            BlobsMoved = counters.BlobsMoved,
            BlobsLost = counters.BlobsLost,
            ReadInBytes = counters.ReadInBytes,
            StoredInBytes = counters.StoredInBytes,
            SharesNames = sharesNames,
            Duration = destination.Time.GetElapsedTime(start),
        };
    }

    /// <summary>One copy, in as many sessions as it takes.</summary>
    private sealed class CopyJob(
        Repository source, Repository destination, CopyOptions options, ICopyObserver observer, CopyCounters counters)
    {
        private readonly HashSet<ObjectId> _failed = [];

        public async Task RunAsync(
            IReadOnlyList<StoredSnapshot> known, IReadOnlyList<StoredSnapshot> chosen, CancellationToken cancellationToken)
        {
            LoadedCatalog? catalog = null;
            PlaceTable? places = null;
            try
            {
                for (int session = 1; ; session++)
                {
                    SnapshotList present = await new SnapshotStore(destination).LoadAsync(cancellationToken).ConfigureAwait(false);
                    SnapshotCopies copies = new(source, destination, present);
                    List<StoredSnapshot> pending =
                        [.. chosen.Where(stored => copies.Find(stored) is null && !_failed.Contains(stored.Id))];
                    if (session == 1)
                    {
                        counters.Snapshots = pending.Count;
                        counters.SnapshotsSkipped = chosen.Count - pending.Count;
                    }
                    if (pending.Count == 0)
                    {
                        return;
                    }
                    if (session > SessionsMax)
                    {
                        throw new FencedException(
                            "Other machines kept declaring this copy dead while it was being committed. Run it again.");
                    }
                    catalog ??= await LoadSourceAsync(cancellationToken).ConfigureAwait(false);
                    places ??= new PlaceTable(catalog.Index, source.Cache.NewSessionPath);
                    if (await RunSessionAsync(catalog.Index, places, copies, known, pending, cancellationToken).ConfigureAwait(false))
                    {
                        return;
                    }
                }
            }
            finally
            {
                places?.Dispose();
                catalog?.Index.Dispose();
            }
        }

        private async Task<LoadedCatalog> LoadSourceAsync(CancellationToken cancellationToken)
        {
            // Its entries are numbered, so it does not grow later. What a prune of the source moves meanwhile the next run finds.
            LoadedCatalog catalog = await source.CreateCatalogLoader().LoadForReadingAsync(cancellationToken).ConfigureAwait(false);
            _ = await catalog.Growth!.TryAddUnnamedAsync(cancellationToken).ConfigureAwait(false);
            catalog.Index.Grow = null;
            foreach (CatalogFinding finding in catalog.Findings)
            {
                observer.Notice($"{finding.Message} Run ebla check on the source.");
            }
            return catalog;
        }

        // False if the session was declared dead, and there is more to do.
        private async Task<bool> RunSessionAsync(
            BlobIndex index, PlaceTable places, SnapshotCopies copies, IReadOnlyList<StoredSnapshot> known, List<StoredSnapshot> pending,
            CancellationToken cancellationToken)
        {
            if (options.DryRun)
            {
                LoadedCatalog there = await destination.CreateCatalogLoader().LoadForReadingAsync(cancellationToken).ConfigureAwait(false);
                using BlobIndex thereIndex = there.Index;
                using CopyRun dry = new(source, index, places, destination, thereIndex, null, options, counters);
                return await CopyAllAsync(dry, copies, known, pending, cancellationToken).ConfigureAwait(false);
            }
            UploadSession session = await UploadSession.StartAsync(destination, options.Upload, cancellationToken).ConfigureAwait(false);
            await using ConfiguredAsyncDisposable disposing = session.ConfigureAwait(false);
            foreach (CatalogFinding finding in session.Findings)
            {
                // The packs that a segment named say themselves what they hold.
                string lost = finding.Name.Kind == ObjectKind.Pack ? " What it held is stored again." : "";
                observer.Notice($"{finding.Message}{lost} Run ebla check.");
            }
            using CopyRun run = new(source, index, places, destination, session.Index, session, options, counters);
            bool isDone = await CopyAllAsync(run, copies, known, pending, cancellationToken).ConfigureAwait(false);
            counters.CountStored(session.StoredWithIndexInBytes);
            return isDone;
        }

        private async Task<bool> CopyAllAsync(
            CopyRun run, SnapshotCopies copies, IReadOnlyList<StoredSnapshot> known, List<StoredSnapshot> pending,
            CancellationToken cancellationToken)
        {
            await LearnAsync(run, copies, known, pending, cancellationToken).ConfigureAwait(false);
            SnapshotCopier copier = new(run);
            List<(StoredSnapshot Source, BlobId Root)> ready = [];
            long committed = 0;
            foreach (StoredSnapshot stored in pending)
            {
                if (await copier.CopyAsync(stored, cancellationToken).ConfigureAwait(false) is { } root)
                {
                    ready.Add((stored, root));
                }
                else
                {
                    Fail(run, stored);
                }
                long storedInBytes = options.DryRun ? 0 : run.Session.StoredInBytes;
                if (ready.Count >= options.CommitCountMax || storedInBytes - committed >= options.CommitSizeInBytes)
                {
                    committed = storedInBytes;
                    if (!await CommitAsync(run, copies, ready, cancellationToken).ConfigureAwait(false))
                    {
                        return false;
                    }
                }
            }
            return await CommitAsync(run, copies, ready, cancellationToken).ConfigureAwait(false);
        }

        private void Fail(CopyRun run, StoredSnapshot stored)
        {
            _ = _failed.Add(stored.Id);
            counters.CountFailed();
            observer.Problem(
                $"snapshot {stored.Id.ToShortString()} is not copied, since something of it is lost in the source: "
                + $"{run.Walk.FirstLoss?.TrimEnd('.')}. Run ebla check on the source.");
        }

        private async Task<bool> CommitAsync(
            CopyRun run, SnapshotCopies copies, List<(StoredSnapshot Source, BlobId Root)> ready, CancellationToken cancellationToken)
        {
            if (ready.Count == 0)
            {
                return true;
            }
            if (options.DryRun)
            {
                ready.ForEach(copied => observer.Copied(copied.Source, null));
            }
            else
            {
                IReadOnlyList<(ObjectName Name, byte[] Content)> made = copies.Seal(ready);
                if (!await run.Session.CommitAllAsync(made, cancellationToken).ConfigureAwait(false))
                {
                    return false;
                }
                counters.CountStored(made.Sum(snapshot => (long)snapshot.Content.Length));
                for (int i = 0; i < ready.Count; i++)
                {
                    observer.Copied(ready[i].Source, made[i].Name.Id);
                }
            }
            counters.CountCopied(ready.Count);
            ready.Clear();
            return true;
        }

        // Of each line of snapshots, the newest that was copied before is as near to the next as one can get.
        private async Task LearnAsync(
            CopyRun run, SnapshotCopies copies, IReadOnlyList<StoredSnapshot> known, List<StoredSnapshot> pending,
            CancellationToken cancellationToken)
        {
            if (run.Map is not { } map)
            {
                return;
            }
            HashSet<ByteName> hosts = [.. pending.Select(stored => stored.Snapshot.Host)];
            using BlobReader blobs = new(destination.Backend, destination.Keys, run.DestinationIndex, destination.Metadata);
            EarlierCopy earlier = new(run, map, blobs);
            HashSet<string> lines = [];
            foreach (StoredSnapshot stored in known.Reverse())
            {
                string line = $"{stored.Snapshot.Host}\0{string.Join('\0', stored.Snapshot.Paths)}";
                if (hosts.Contains(stored.Snapshot.Host) && copies.Find(stored) is { } copy && lines.Add(line))
                {
                    await earlier.LearnAsync(stored.Snapshot, copy.Snapshot, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }
}
