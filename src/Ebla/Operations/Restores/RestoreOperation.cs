using System.Threading.Channels;
using Ebla.FileSystems;
using Ebla.Indexing;
using Ebla.Operations.Restores.Fetching;
using Ebla.Operations.Restores.Planning;
using Ebla.Operations.Restores.Walking;
using Ebla.Operations.Restores.Writing;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;

namespace Ebla.Operations.Restores;

/// <summary>Restores a snapshot, or a part of one, into a directory.</summary>
public static class RestoreOperation
{
    /// <summary>
    /// Runs a restore. Every byte is checked before it is written, and nothing is written outside the target. What is damaged, or
    /// cannot be written, is reported; all the rest is restored.
    /// </summary>
    /// <exception cref="SnapshotNotFoundException">There is no such snapshot, or no such path in it.</exception>
    /// <exception cref="TargetException">The target cannot be made or opened, or is full.</exception>
    public static async Task<RestoreResult> RunAsync(
        Repository repository, RestoreOptions options, IRestoreObserver observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observer);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WorkerCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PlannedPiecesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.OpenFilesMax, 1);
        if (options.Verify && options.Overwrite == OverwriteRule.Never)
        {
            throw new ArgumentException("What is left as it is cannot be verified.", nameof(options));
        }
        if (!options.PathInSnapshot.IsEmpty && options.Paths.Count > 0)
        {
            throw new ArgumentException("Either one place, or several paths.", nameof(options));
        }
        long start = repository.Time.GetTimestamp();
        SnapshotList known = await new SnapshotStore(repository).LoadAsync(cancellationToken).ConfigureAwait(false);
        StoredSnapshot stored = known.Find(options.Snapshot);
        LoadedCatalog catalog = await repository.CreateCatalogLoader().LoadForReadingAsync(cancellationToken)
            .ConfigureAwait(false);
        using BlobIndex index = catalog.Index;
        using BlobReader blobs = new(repository.Backend, repository.Keys, index, repository.Metadata);
        TreeReader trees = new(blobs);
        SnapshotPlace place = await SnapshotPlace.FindAsync(trees, stored, options.PathInSnapshot, cancellationToken)
            .ConfigureAwait(false);

        foreach (ByteName path in options.Paths)
        {
            // Before anything is made: a path that is not there is a mistake.
            _ = await SnapshotPlace.FindAsync(trees, stored, path, cancellationToken).ConfigureAwait(false);
        }
        bool isAll = place.Node is null && options.Paths.Count + options.Includes.Count + options.Excludes.Count == 0;
        SnapshotSummary? summary = isAll ? stored.Snapshot.Summary : null;
        RestoreCounters counters = new(summary?.Files, summary?.SizeInBytes);
        observer.Started(counters);
        RestoreReport report = new(observer, counters);
        foreach (CatalogFinding finding in catalog.Findings)
        {
            report.Notice(default, $"{finding.Message} Run ebla check.");
        }
        await RestoreAsync(repository, options, index, blobs, trees, place, report, counters, cancellationToken)
            .ConfigureAwait(false);
        report.ReportRepeated();
        if (counters.Errors > 0
            && await repository.Backend.GetSizeAsync(new ObjectName(ObjectKind.Snapshot, stored.Id), cancellationToken).ConfigureAwait(false) is null)
        {
            report.Notice(
                default, $"Snapshot {stored.Id.ToShortString()} was removed by a prune while it was restored: that is why something is missing.");
        }
        return new RestoreResult
        {
            SnapshotId = stored.Id,
            IsPartial = stored.Snapshot.IsPartial,
            Files = counters.Files,
            Directories = counters.Directories,
            Others = counters.Others,
            RestoredInBytes = counters.RestoredInBytes,
            FetchedInBytes = counters.FetchedInBytes,
            Duration = repository.Time.GetElapsedTime(start),
            KeptInBytes = counters.KeptInBytes,
            Left = counters.Left,
            Deleted = counters.Deleted,
            Errors = counters.Errors,
        };
    }

    private static async Task RestoreAsync(
        Repository repository, RestoreOptions options, BlobIndex index, BlobReader blobs, TreeReader trees, SnapshotPlace place,
        RestoreReport report, RestoreCounters counters, CancellationToken cancellationToken)
    {
        NodeMetadata metadata = new(new OwnerNames(), trees, repository.Backend, options, report, cancellationToken);
        (RestoreDirectory root, TargetDirectory? opened) = OpenTarget(options, place, metadata);
        using TargetTree target = new(root, opened, report, counters) { IsReadOnly = options.DryRun };
        LinkedFiles links = new(target, report, counters, options.DryRun);
        using FileWriter files = new(target, links, report, counters, options);
        DamagedCopies damaged = new(index);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // As long as the plans in it, which are bounded.
        Channel<FrameFetch> fetches = Channel.CreateUnbounded<FrameFetch>();
        RestoreRun run = new()
        {
            Options = options,
            Backend = repository.Backend,
            Keys = repository.Keys,
            Index = index,
            Trees = trees,
            Target = target,
            Links = links,
            Files = files,
            Damaged = damaged,
            Metadata = metadata,
            Report = report,
            Counters = counters,
            Fetches = fetches.Writer,
            CancellationToken = stop.Token,
        };
        using FilePlanner planner = new(run);
        using RangeFetcher fetcher = new(repository.Backend, index);
        RestoreSelection selection = new(options, place.Path);
        RestorePath path = new();
        TreeRemoval removal = new(selection, path, new KeptEntries(options.Kept), options, report, counters, stop.Token);
        TreeRestorer walk = new(run, new EntryRestorer(run, planner), selection, path, removal, place.Stored.Snapshot.Paths);

        Task[] workers = new Task[options.WorkerCount];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = Task.Run(() => GuardAsync(WorkAsync), CancellationToken.None);
        }
        Task walking = Task.Run(() => GuardAsync(WalkAsync), CancellationToken.None);
        Task fetching = Task.Run(() => GuardAsync(() => fetcher.RunAsync(fetches.Reader, stop.Token)), CancellationToken.None);
        Task[] all = [walking, fetching, .. workers];
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await fetcher.DrainAsync().ConfigureAwait(false);
        await planner.StopAsync().ConfigureAwait(false);
        ThrowFirst(all);
        cancellationToken.ThrowIfCancellationRequested();
        if (!options.DryRun)
        {
            report.FinalFlags.Set(target, report);
            target.Sync();
        }
        if (options is { Verify: true, DryRun: false })
        {
            await new RestoreVerification(run, selection, path).RunAsync(root, place).ConfigureAwait(false);
        }

        async Task WalkAsync()
        {
            await (place.Tree is { } tree ? walk.RestoreTreeAsync(root, tree) : walk.RestoreEntryAsync(root, place.Node!))
                .ConfigureAwait(false);
            fetches.Writer.Complete();
        }

        async Task WorkAsync()
        {
            using FrameRestorer worker = new(repository, index, blobs, damaged, files, counters);
            await foreach (FetchedRange range in fetcher.Ranges.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                RestorePlan plan = range.Fetch.Plan;
                try
                {
                    await worker.RunAsync(range, stop.Token).ConfigureAwait(false);
                }
                finally
                {
                    range.Dispose();
                }
                if (plan.EndFetch())
                {
                    await worker.RunDeclinedAsync(plan, stop.Token).ConfigureAwait(false);
                    planner.EndPlan();
                }
            }
        }

        async Task GuardAsync(Func<Task> run)
        {
            try
            {
                await run().ConfigureAwait(false);
            }
            catch
            {
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    // The metadata of a directory that the user had already are his.
    private static (RestoreDirectory Root, TargetDirectory? Opened) OpenTarget(
        RestoreOptions options, SnapshotPlace place, NodeMetadata metadata)
    {
        bool isThere = true;
        try
        {
            _ = SourceDirectory.StatRoot(options.Target);
        }
        catch (FileSystemException exception) when (exception.IsVanished)
        {
            isThere = false;
        }
        catch (FileSystemException)
        {
            // Opening it tells.
        }
        try
        {
            // The snapshot's id is in all temporary names, so that no snapshot holds the names that restoring it uses.
            TargetDirectory? opened = options.DryRun && !isThere
                ? null
                : TargetDirectory.OpenOrCreateRoot(options.Target, new ByteName(place.Stored.Id.Value.ToArray()));
            ByteName name = place.Node is null or { Type: FileType.Directory } ? place.Path : ParentOf(place.Path);
            RestoreDirectory root = new(null, name, null);
            if (place.Node is { Type: FileType.Directory } node && !isThere)
            {
                root = new RestoreDirectory(null, name, metadata.Of(root, node));
            }
            root.IsNew = !isThere;
            return (root, opened);
        }
        catch (FileSystemException exception)
        {
            throw new TargetException($"The target cannot be used: {exception.Message}", exception);
        }
    }

    private static ByteName ParentOf(ByteName path) => new(path.Span[..Math.Max(1, path.Span.LastIndexOf((byte)'/'))]);

    // What stopped the others, rather than that they were stopped.
    private static void ThrowFirst(Task[] tasks)
    {
        Task? failed = tasks.FirstOrDefault(task => task.IsFaulted) ?? tasks.FirstOrDefault(task => task.IsCanceled);
        failed?.GetAwaiter().GetResult();
    }
}
