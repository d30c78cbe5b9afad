using System.Threading.Channels;
using Ebla.FileSystems;
using Ebla.Indexing;
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
        long start = repository.Time.GetTimestamp();
        SnapshotList known = await new SnapshotStore(repository).LoadAsync(cancellationToken).ConfigureAwait(false);
        StoredSnapshot stored = known.Find(options.Snapshot);
        LoadedCatalog catalog = await repository.CreateCatalogLoader().LoadForReadingAsync(cancellationToken)
            .ConfigureAwait(false);
        using BlobIndex index = catalog.Index;
        using BlobReader blobs = new(repository.Backend, repository.Keys, index);
        TreeReader trees = new(blobs);
        SnapshotPlace place = await SnapshotPlace.FindAsync(trees, stored, options.PathInSnapshot, cancellationToken)
            .ConfigureAwait(false);

        SnapshotSummary? summary = place.Node is null ? stored.Snapshot.Summary : null;
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
        return new RestoreResult
        {
            SnapshotId = stored.Id,
            Files = counters.Files,
            Directories = counters.Directories,
            Others = counters.Others,
            RestoredInBytes = counters.RestoredInBytes,
            FetchedInBytes = counters.FetchedInBytes,
            Duration = repository.Time.GetElapsedTime(start),
            Errors = counters.Errors,
        };
    }

    private static async Task RestoreAsync(
        Repository repository, RestoreOptions options, BlobIndex index, BlobReader blobs, TreeReader trees, SnapshotPlace place,
        RestoreReport report, RestoreCounters counters, CancellationToken cancellationToken)
    {
        NodeMetadata metadata = new(new OwnerNames(), trees, repository.Backend, options, report, cancellationToken);
        (RestoreDirectory root, TargetDirectory opened) = OpenTarget(options.Target, place, metadata);
        using TargetTree target = new(root, opened, report, counters);
        LinkedFiles links = new(target, report, counters);
        using FileWriter files = new(target, links, report, counters, options.OpenFilesMax);
        DamagedCopies damaged = new(index);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // As long as the plans in it, which are bounded.
        Channel<FrameFetch> fetches = Channel.CreateUnbounded<FrameFetch>();
        using TreeRestorer walk = new(
            repository.Backend, index, trees, target, files, links, damaged, metadata, report, counters, options,
            fetches.Writer, stop.Token);

        Task[] workers = new Task[options.WorkerCount];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = Task.Run(() => GuardAsync(WorkAsync), CancellationToken.None);
        }
        Task walking = Task.Run(() => GuardAsync(WalkAsync), CancellationToken.None);
        Task[] all = [walking, .. workers];
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ThrowFirst(all);
        report.FinalFlags.Set(target, report);

        async Task WalkAsync()
        {
            await (place.Tree is { } tree ? walk.RestoreTreeAsync(root, tree) : walk.RestoreEntryAsync(root, place.Node!))
                .ConfigureAwait(false);
            fetches.Writer.Complete();
        }

        async Task WorkAsync()
        {
            using FrameRestorer worker = new(repository, index, blobs, damaged, files, counters);
            await foreach (FrameFetch fetch in fetches.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                await worker.RunAsync(fetch, stop.Token).ConfigureAwait(false);
                if (fetch.Plan.EndFetch())
                {
                    await worker.RunDeclinedAsync(fetch.Plan, stop.Token).ConfigureAwait(false);
                    walk.EndPlan();
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
    private static (RestoreDirectory Root, TargetDirectory Opened) OpenTarget(
        ByteName path, SnapshotPlace place, NodeMetadata metadata)
    {
        bool isThere = true;
        try
        {
            _ = SourceDirectory.StatRoot(path);
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
            TargetDirectory opened = TargetDirectory.OpenOrCreateRoot(path);
            ByteName name = place.Node is null or { Type: FileType.Directory } ? place.Path : ParentOf(place.Path);
            RestoreDirectory root = new(null, name, null);
            return place.Node is { Type: FileType.Directory } node && !isThere
                ? (new RestoreDirectory(null, name, metadata.Of(root, node)), opened)
                : (root, opened);
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
