using System.Runtime.CompilerServices;
using Ebla.Chunking;
using Ebla.FileSystems;
using Ebla.Keys;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;
using Ebla.Trees;

namespace Ebla.Operations.Backups;

/// <summary>Backs up paths into a repository, as one snapshot.</summary>
public static class BackupOperation
{
    // Of 1,024 that a process may open where nobody raised the limit.
    private const int OpenDirectoriesMax = 512;

    // What an interrupted backup may take to store what it has in hand and commit it. Whoever is in a hurry interrupts it once more.
    private static readonly TimeSpan LastCheckpointMax = TimeSpan.FromSeconds(10);

    /// <summary>Runs a backup. The snapshot becomes visible only after everything it refers to is durable.</summary>
    /// <exception cref="SourceException">Nothing of the source can be read; no snapshot is made.</exception>
    public static async Task<BackupResult> RunAsync(
        Repository repository, BackupOptions options, IBackupObserver observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observer);
        long start = repository.Time.GetTimestamp();
        UnixTime time = options.Time ?? UnixTime.From(repository.Time.GetUtcNow());
        if (options.Input is not null)
        {
            // Half of a stream is nothing to go on with, and a command may still fail: there is a whole snapshot of it or none.
            options = options with { CheckpointInterval = TimeSpan.Zero, Sentinel = SentinelShare.Off };
        }
        BackupCounters counters = new();
        observer.Started(counters);
        NamedPaths? named = options.Input is null ? NamedPaths.Find(options, counters, observer) : null;
        IReadOnlyList<ByteName> paths = named is null ? [CheckedPath(options.Input!)] : SnapshotPaths.Of(named.Taken);
        ByteName host = options.Host ?? LocalMachine.HostName();
        SnapshotDetailsCodec.CheckLimits(host, default, paths, options.Tags, options.Description, options.Program);

        using CancellationTokenSource end = new(Timeout.InfiniteTimeSpan, repository.Time);
        // Meanwhile, since each costs the time of the way there and back. What is known of them decides nothing that the catalog does not.
        using CancellationTokenSource stopLoading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<SnapshotList> loading = new SnapshotStore(repository).LoadAsync(stopLoading.Token);
        UploadSession session;
        try
        {
            session = await StartAsync(repository, options, end, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await stopLoading.CancelAsync().ConfigureAwait(false);
            await ((Task)loading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        // From here on the session outlives an interruption for a while.
        using CancellationTokenRegistration interruption = cancellationToken.Register(() => end.CancelAfter(LastCheckpointMax));
        await using ConfiguredAsyncDisposable disposing = session.ConfigureAwait(false);
        SnapshotList known = await loading.ConfigureAwait(false);
        foreach (CatalogFinding finding in session.Findings.Concat(known.Findings))
        {
            observer.Notice(new BackupProblem(default, $"{finding.Message} What it held is stored again. Run ebla check."));
        }
        IReadOnlyList<StoredSnapshot> previous = PreviousSnapshots.Find(known, host, paths);
        SentinelChoice sentinel = ChooseSentinel(options.Sentinel, previous.Count > 0 ? previous[^1] : null);
        SnapshotDescription description = new(repository.Keys.Member.Id, known, options, time, host, paths, counters);
        AssembledTree tree = await StoreTreeAsync(
            repository, options, session, previous, sentinel, description, named, counters, observer, end.Token, cancellationToken)
            .ConfigureAwait(false);

        long stored = 0;
        ObjectId id = await session.CommitAsync(
            storedInBytes =>
            {
                stored = storedInBytes;
                return description.Of(tree, isPartial: false, storedInBytes, sentinel.End);
            },
            cancellationToken).ConfigureAwait(false);
        return new BackupResult
        {
            SnapshotId = id,
            FilesNew = counters.FilesNew,
            FilesChanged = counters.FilesChanged,
            FilesUnmodified = counters.FilesUnmodified,
            Directories = counters.Directories,
            ProcessedInBytes = counters.ProcessedInBytes,
            AddedInBytes = counters.AddedInBytes,
            StoredInBytes = stored,
            Excluded = counters.Excluded,
            SentinelFiles = counters.SentinelFiles,
            SentinelInBytes = counters.SentinelInBytes,
            RotAlarms = counters.RotAlarms,
            PartialSnapshots = counters.PartialSnapshots,
            Duration = repository.Time.GetElapsedTime(start),
            Errors = counters.Errors,
        };
    }

    private static async Task<UploadSession> StartAsync(
        Repository repository, BackupOptions options, CancellationTokenSource end, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration interruption = cancellationToken.Register(end.Cancel);
        return await UploadSession.StartAsync(repository, options.Upload, end.Token).ConfigureAwait(false);
    }

    private static async Task<AssembledTree> StoreTreeAsync(
        Repository repository, BackupOptions options, UploadSession session, IReadOnlyList<StoredSnapshot> previous, SentinelChoice sentinel,
        SnapshotDescription description, NamedPaths? named, BackupCounters counters, IBackupObserver observer,
        CancellationToken end, CancellationToken cancellationToken)
    {
        RingKeys ring = repository.Keys.Ring;
        LinkedContents linked = new();
        VirtualFileSystems virtualFiles = new();
        Chunker<FileChunker.KeyedCut> chunker = FileChunker.Create(ring);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        TreeStore trees = new(session, ring, counters, options.Upload.FrameSizeInBytes);
        MetadataReader metadata = new(trees.Attributes, counters, observer);
        NodeFactory nodes = new(new OwnerNames(), metadata);
        using BlobReader blobs = new(repository.Backend, repository.Keys, session.Index, repository.Metadata);
        using SourceTree tree = new(OpenDirectoriesMax);
        FileQueue files = new(options.ReaderCount, options.Upload.FrameSizeInBytes);
        TreeAssembly assembly = new(trees, ring, counters);
        TreeReader treeReader = new(blobs);
        PreviousTrees before = new(treeReader, [.. previous.Select(stored => stored.Snapshot.Root)], observer, stop.Token);
        Task[] readers = new Task[options.ReaderCount];
        for (int i = 0; i < readers.Length; i++)
        {
            readers[i] = Task.Run(() => GuardAsync(ReadAsync), CancellationToken.None);
        }
        Task scan = Task.Run(() => GuardAsync(ScanAsync), CancellationToken.None);
        Task assembling = Task.Run(() => GuardAsync(() => assembly.RunAsync(end)), CancellationToken.None);
        Checkpoints checkpoints = new(
            session, assembly, description, counters,
            sentinelPosition: previous.Count > 0 ? previous[^1].Snapshot.Summary.SentinelPosition : 0);
        using CancellationTokenSource through = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        Task committing = Task.Run(
            () => GuardAsync(() => checkpoints.RunAsync(options.CheckpointInterval, repository.Time, through.Token, end)),
            CancellationToken.None);
        await Task.WhenAll([scan, .. readers]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await through.CancelAsync().ConfigureAwait(false);
        await committing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (cancellationToken.IsCancellationRequested && options.CheckpointInterval > TimeSpan.Zero)
        {
            await CommitLastAsync(checkpoints, observer, end).ConfigureAwait(false);
        }
        assembly.Complete();
        await assembling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ThrowFirst([scan, assembling, committing, .. readers]);
        cancellationToken.ThrowIfCancellationRequested();
        metadata.ReportProblems();
        await trees.FlushAsync().ConfigureAwait(false);
        return await assembly.Whole.ConfigureAwait(false);

        async Task ScanAsync()
        {
            try
            {
                if (named is null)
                {
                    ContentStore contents = new(session, chunker, ring, trees, counters, options.Upload.FrameSizeInBytes);
                    await new InputStore(contents, nodes, assembly, ring, counters, observer, description.Time)
                        .StoreAsync(options.Input!, stop.Token).ConfigureAwait(false);
                    return;
                }
                SourceWalk walk = new(
                    ring, nodes, before, new StoredClosure(session.Index), files, assembly, tree,
                    new EntryChooser(named.Selection, counters, observer), virtualFiles, sentinel, counters, observer, stop.Token);
                SourceScanner scanner = new(walk, nodes, before, files, assembly, counters, observer, stop.Token);
                await scanner.ScanAsync(named.Tree).ConfigureAwait(false);
            }
            finally
            {
                files.Complete();
            }
        }

        async Task ReadAsync()
        {
            ContentStore contents = new(session, chunker, ring, trees, counters, options.Upload.FrameSizeInBytes);
            RotSentinel watch = new(
                new ContentComparer(ring, treeReader), treeReader, previous, linked, counters, observer);
            FileReader reader = new(contents, nodes, ring, linked, watch, virtualFiles, counters, observer);
            await reader.RunAsync(files.Batches, stop.Token).ConfigureAwait(false);
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

    // One failure makes the others stop by cancellation; the one that is none of these is the reason.
    private static void ThrowFirst(Task[] tasks)
    {
        Exception[] failures = [.. tasks.Where(task => task.IsFaulted).Select(task => task.Exception!.InnerException!)];
        Exception? reason = failures.FirstOrDefault(failure => failure is not OperationCanceledException) ?? failures.FirstOrDefault();
        if (reason is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(reason);
        }
    }

    private static ByteName CheckedPath(BackupInput input) => LocalPath.Split(input.Path) is { Count: > 0 } names
        && names.All(name => NodeCodec.IsValidName(name.Span))
            ? input.Path
            : throw new SourceException(
                $"The name of the input must be of 1 to {NodeCodec.NameSizeInBytesMax} bytes, and so each folder's: {input.Path}");

    // It was interrupted, and that is what the caller is told: a failure here only takes away what would have been welcome.
    private static async Task CommitLastAsync(Checkpoints checkpoints, IBackupObserver observer, CancellationToken end)
    {
        try
        {
            await checkpoints.CommitLastAsync(end).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is BackendException or OperationCanceledException)
        {
            observer.Notice(new BackupProblem(default, $"The last partial snapshot was not made: {exception.Message}"));
        }
    }

    // Goes on where the previous snapshot of the same paths ended; running numbers would skip files where several backups take turns.
    private static SentinelChoice ChooseSentinel(SentinelShare share, StoredSnapshot? previous) => previous is null
        ? SentinelChoice.Of(SentinelShare.Off, 0, 0)
        : SentinelChoice.Of(share, previous.Snapshot.Summary.SentinelPosition, previous.Snapshot.Summary.SizeInBytes);
}
