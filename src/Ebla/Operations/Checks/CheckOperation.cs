using System.Threading.Channels;
using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Checks;

/// <summary>Checks that a repository is whole. Announces nothing and writes nothing to it.</summary>
public static class CheckOperation
{
    // While backups and prunes run, objects come and go: what looks lost is looked at again.
    private const int AttemptsMax = 3;

    /// <summary>Checks the catalog and, if asked to, every stored byte. Damage is a finding, never an exception.</summary>
    /// <exception cref="BackendException">The back-end does not answer, or cannot list.</exception>
    public static async Task<CheckResult> RunAsync(
        Repository repository, CheckOptions options, ICheckObserver observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observer);
        long start = repository.Time.GetTimestamp();
        CheckReport report = new(observer);
        ObjectChecks objects = new(repository, report, cancellationToken);
        await objects.CheckHeaderAsync().ConfigureAwait(false);
        await objects.CheckKeysAsync().ConfigureAwait(false);
        await objects.CheckOthersAsync(
            ObjectKind.Setting, "A setting that this version does not know. Use a newer version to check what it says.")
            .ConfigureAwait(false);
        await objects.CheckNotesAsync().ConfigureAwait(false);
        HashSet<ObjectId> intended = await objects.CheckSessionsAsync().ConfigureAwait(false);
        (HashSet<ObjectId> condemned, HashSet<ObjectId> removed) = await objects.CheckCondemnedAsync().ConfigureAwait(false);

        for (int attempt = 1; ; attempt++)
        {
            CheckCounters counters = new();
            observer.Started(counters);
            CheckReport found = new(null);
            HashSet<ObjectName> before = await ListStateAsync(repository.Backend, cancellationToken).ConfigureAwait(false);
            SnapshotList snapshots = await new SnapshotStore(repository, null).LoadAsync(cancellationToken).ConfigureAwait(false);
            counters.SetSnapshots(snapshots.Snapshots.Count);
            using CheckedCatalog catalog = await CheckedCatalog.LoadAsync(repository, found, counters, cancellationToken)
                .ConfigureAwait(false);
            SnapshotClosure closure = new(catalog);
            HashSet<ObjectId> affected = WalkAll(closure, snapshots, cancellationToken);
            if (closure.LostCount > 0 && attempt < AttemptsMax
                && !before.SetEquals(await ListStateAsync(repository.Backend, cancellationToken).ConfigureAwait(false)))
            {
                continue;
            }
            if (catalog.Packs.Any(pack => pack.Value.IsMissing && !condemned.Contains(pack.Key)))
            {
                // Swept by a prune that began after the records were read: then a record of it is there now.
                condemned.UnionWith((await new ObjectChecks(repository, new CheckReport(null), cancellationToken).CheckCondemnedAsync()
                    .ConfigureAwait(false)).Packs);
            }
            report.Add(found);
            ReportSnapshots(report, snapshots, removed, intended);
            Dictionary<ObjectId, PackDamage> damaged = [];
            if (options.ReadData)
            {
                damaged = await ReadDataAsync(repository, options, catalog, counters, report, cancellationToken)
                    .ConfigureAwait(false);
                if (damaged.Count > 0)
                {
                    closure = new SnapshotClosure(catalog);
                    affected = WalkAll(closure, snapshots, cancellationToken);
                }
            }
            StoredSnapshot[] suffering = [.. snapshots.Snapshots.Where(snapshot => affected.Contains(snapshot.Id))];
            AffectedWalk walk = new(catalog, closure, options.PathsMax);
            ReportPacks(report, catalog, closure, damaged, condemned, suffering, walk, cancellationToken);
            ReportTorn(report, catalog, closure);
            ReportUnknown(report, closure, suffering);
            ReportCondemned(report, catalog, closure, condemned, cancellationToken);
            await FindPathsAsync(repository, catalog, suffering, walk, cancellationToken).ConfigureAwait(false);
            return new CheckResult
            {
                Snapshots = snapshots.Snapshots.Count,
                IndexSegments = counters.IndexSegments,
                Packs = counters.Packs,
                PacksInBytes = counters.PacksInBytes,
                Blobs = closure.BlobCount,
                BlobsLost = closure.LostCount,
                ReadInBytes = counters.ReadInBytes,
                Findings = report.Findings,
                AffectedSnapshots =
                    [.. suffering.Select(stored => new AffectedSnapshot(stored.Id, stored.Snapshot.Time, stored.Snapshot.Host))],
                AffectedPaths = walk.Paths,
                HasMoreAffectedPaths = walk.HasMorePaths,
                Duration = repository.Time.GetElapsedTime(start),
            };
        }
    }

    private static async Task<HashSet<ObjectName>> ListStateAsync(IBackend backend, CancellationToken cancellationToken)
    {
        ObjectKind[] kinds = [ObjectKind.Snapshot, ObjectKind.Note, ObjectKind.Index, ObjectKind.Condemned];
        List<ObjectInfo>[] listed = await Task.WhenAll(
            kinds.Select(kind => Concurrently.ReadAllAsync(backend.ListAsync(kind, cancellationToken)))).ConfigureAwait(false);
        return [.. listed.SelectMany(lines => lines).Select(info => info.Name)];
    }

    private static HashSet<ObjectId> WalkAll(SnapshotClosure closure, SnapshotList snapshots, CancellationToken cancellationToken)
    {
        HashSet<ObjectId> affected = [];
        foreach (StoredSnapshot stored in snapshots.Snapshots)
        {
            if (!closure.Visit(stored.Snapshot.Root, cancellationToken))
            {
                _ = affected.Add(stored.Id);
            }
        }
        return affected;
    }

    private static void ReportSnapshots(
        CheckReport report, SnapshotList snapshots, HashSet<ObjectId> removed, HashSet<ObjectId> intended)
    {
        // A run that commits several may die between two: the next prune puts the other.
        HashSet<ObjectId> accountedFor = [.. removed, .. snapshots.Missing.Select(one => one.Lost.Snapshot).Where(intended.Contains)];
        foreach (CatalogFinding finding in snapshots.Findings)
        {
            _ = accountedFor.Add(finding.Name.Id);
            string message = finding.Message + CheckReport.AdviceFor(ObjectKind.Snapshot);
            report.Add(new CheckFinding(CheckSeverity.Damage, CheckSubject.Snapshot, finding.Name, message)
            {
                Snapshots = [finding.Name.Id],
            });
        }
        foreach (CheckFinding finding in SnapshotHistory.Examine(
            [.. snapshots.Present], snapshots.Notes.Forgotten, accountedFor))
        {
            report.Add(finding);
        }
    }

    private static async Task<Dictionary<ObjectId, PackDamage>> ReadDataAsync(
        Repository repository, CheckOptions options, CheckedCatalog catalog, CheckCounters counters, CheckReport report,
        CancellationToken cancellationToken)
    {
        Dictionary<ObjectId, PackDamage> damaged = [];
        List<ObjectId> gone = [];
        var packs = Channel.CreateUnbounded<ObjectId>();
        foreach ((ObjectId id, PackFacts _) in catalog.Packs.Where(pack => pack.Value.IsWhole))
        {
            _ = packs.Writer.TryWrite(id);
        }
        packs.Writer.Complete();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] workers = new Task[Math.Max(1, options.WorkerCount)];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = Task.Run(ReadAsync, CancellationToken.None);
        }
        await Task.WhenAll(workers).ConfigureAwait(false);
        await ReportGoneAsync().ConfigureAwait(false);
        return damaged;

        async Task ReadAsync()
        {
            using PackVerifier verifier = new(repository, catalog, counters);
            try
            {
                await foreach (ObjectId id in packs.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
                {
                    (bool isThere, PackDamage? damage) = await verifier.VerifyAsync(id, catalog.Packs[id], stop.Token)
                        .ConfigureAwait(false);
                    lock (damaged)
                    {
                        if (!isThere)
                        {
                            gone.Add(id);
                        }
                        else if (damage is not null)
                        {
                            damaged.Add(id, damage);
                        }
                    }
                }
            }
            catch
            {
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }

        // A prune may have removed it in order: then it condemned it before.
        async Task ReportGoneAsync()
        {
            if (gone.Count == 0)
            {
                return;
            }
            (HashSet<ObjectId> condemned, HashSet<ObjectId> _) = await new ObjectChecks(
                repository, new CheckReport(null), cancellationToken).CheckCondemnedAsync().ConfigureAwait(false);
            foreach (ObjectId id in gone.Where(id => !condemned.Contains(id)))
            {
                report.Add(
                    CheckSeverity.Damage, new ObjectName(ObjectKind.Pack, id),
                    $"{new ObjectName(ObjectKind.Pack, id)} vanished while the check ran, and no prune removed it. Run the "
                    + "check again.");
            }
        }
    }

    private static void ReportPacks(
        CheckReport report, CheckedCatalog catalog, SnapshotClosure closure, Dictionary<ObjectId, PackDamage> damaged,
        HashSet<ObjectId> condemned, StoredSnapshot[] suffering, AffectedWalk walk, CancellationToken cancellationToken)
    {
        PackLosses losses = new(catalog, closure, cancellationToken);
        (ObjectId Id, HashSet<ObjectId> Packs)[] sufferers =
            [.. suffering.Select(stored => (stored.Id, walk.FindPacks(stored.Snapshot.Root, cancellationToken)))];
        foreach ((ObjectId id, PackFacts facts) in catalog.Packs)
        {
            ObjectName name = new(ObjectKind.Pack, id);
            string? what = null;
            bool isDamage = losses.IsNeeded(id);
            if (damaged.TryGetValue(id, out PackDamage? damage))
            {
                isDamage = true;
                what = $"{name} is damaged: {damage.Message}.";
            }
            else if (facts.NamedSizeInBytes is { } named && facts.ListedSizeInBytes is { } listed && named != listed)
            {
                what = $"{name} is damaged: it has {listed} bytes instead of {named}.";
            }
            else if (facts.IsMissing && (losses.IsLost(id) || !condemned.Contains(id)))
            {
                what = $"{name} is missing.";
            }
            if (what is not null)
            {
                report.Add(new CheckFinding(
                    isDamage ? CheckSeverity.Damage : CheckSeverity.Warning, CheckSubject.Pack, name,
                    $"{what} {losses.Describe(id)}")
                {
                    Snapshots = losses.IsLost(id)
                        ? [.. sufferers.Where(sufferer => sufferer.Packs.Contains(id)).Select(sufferer => sufferer.Id)]
                        : [],
                });
            }
        }
    }

    // Stores that show what they have not got whole yet leave such packs behind a run that was cut off, and show those of one at work.
    // What is in none of them that counts was never promised to anybody. Unless something is missing: then it may have been in here.
    private static void ReportTorn(CheckReport report, CheckedCatalog catalog, SnapshotClosure closure)
    {
        bool isMissed = closure.LostCount > 0 || closure.UnknownCount > 0;
        foreach ((ObjectName name, string message) in catalog.Torn)
        {
            report.Add(
                isMissed ? CheckSeverity.Damage : CheckSeverity.Warning, name,
                isMissed
                    ? message
                    : $"{message} No index names it, and no snapshot misses anything: nothing is lost. A run that was cut off left it, "
                        + "or one is at work.");
        }
    }

    private static void ReportUnknown(CheckReport report, SnapshotClosure closure, StoredSnapshot[] suffering)
    {
        if (closure.UnknownCount > 0)
        {
            report.Add(new CheckFinding(
                CheckSeverity.Damage, CheckSubject.Blob, null,
                $"{closure.UnknownCount} blobs that snapshots refer to are in no pack that can be read: they are lost.")
            {
                Snapshots = [.. suffering.Select(stored => stored.Id)],
            });
        }
    }

    // Between condemning and sweeping this is in order: the prune copies out what is needed before it deletes.
    private static void ReportCondemned(
        CheckReport report, CheckedCatalog catalog, SnapshotClosure closure, HashSet<ObjectId> condemned,
        CancellationToken cancellationToken)
    {
        if (!catalog.Packs.Any(pack => condemned.Contains(pack.Key) && pack.Value.ListedSizeInBytes is not null))
        {
            return;
        }
        long count = 0;
        for (long ordinal = 0; ordinal < catalog.Index.EntryCount; ordinal++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CatalogEntry entry = catalog.Index.GetEntry(ordinal);
            ShortId id = ShortId.Of(entry.Id);
            if (condemned.Contains(catalog.PackOf(entry)) && !catalog.IsBad(ordinal) && closure.IsReached(id)
                && catalog.Index.FindOrdinals(id).All(copy =>
                    catalog.IsBad(copy) || condemned.Contains(catalog.PackOf(catalog.Index.GetEntry(copy)))))
            {
                count++;
            }
        }
        if (count > 0)
        {
            report.Add(
                CheckSeverity.Warning, CheckSubject.Condemned,
                $"{count} blobs that snapshots need are only in packs that a prune has condemned. Run prune to the end: it "
                + "copies them "
                + "out before it deletes. Do not delete these packs by hand.");
        }
    }

    // Newest first: what is lost there is named there.
    private static async Task FindPathsAsync(
        Repository repository, CheckedCatalog catalog, StoredSnapshot[] suffering, AffectedWalk walk,
        CancellationToken cancellationToken)
    {
        if (suffering.Length == 0)
        {
            return;
        }
        using BlobReader blobs = new(repository.Backend, repository.Keys, catalog.Index, null);
        TreeReader trees = new(blobs);
        foreach (StoredSnapshot stored in suffering.Reverse())
        {
            await walk.FindPathsAsync(stored, trees, cancellationToken).ConfigureAwait(false);
        }
    }
}
