using System.Runtime.CompilerServices;
using Ebla.Chunking;
using Ebla.FileSystems;
using Ebla.Keys;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;

namespace Ebla.Operations.Backups;

/// <summary>Backs up paths into a repository, as one snapshot.</summary>
public static class BackupOperation
{
    // Of 1,024 that a process may open where nobody raised the limit.
    private const int OpenDirectoriesMax = 512;

    /// <summary>Runs a backup. The snapshot becomes visible only after everything it refers to is durable.</summary>
    /// <exception cref="SourceException">Nothing of the source can be read; no snapshot is made.</exception>
    public static async Task<BackupResult> RunAsync(
        Repository repository, BackupOptions options, IBackupObserver observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observer);
        long start = repository.Time.GetTimestamp();
        UnixTime time = UnixTime.From(repository.Time.GetUtcNow());
        BackupCounters counters = new();
        observer.Started(counters);
        IReadOnlyList<ByteName> paths = ExistingPaths(options.Paths, counters, observer);
        ByteName host = options.Host ?? LocalMachine.HostName();
        SnapshotDetailsCodec.CheckLimits(host, default, paths, options.Tags, options.Description, options.Program);

        UploadSession session = await UploadSession.StartAsync(repository, options.Upload, cancellationToken)
            .ConfigureAwait(false);
        await using ConfiguredAsyncDisposable disposing = session.ConfigureAwait(false);
        SnapshotList known = await new SnapshotStore(repository).LoadAsync(cancellationToken).ConfigureAwait(false);
        foreach (CatalogFinding finding in session.Findings.Concat(known.Findings))
        {
            observer.Notice(new BackupProblem(default, $"{finding.Message} What it held is stored again. Run ebla check."));
        }
        StoredSnapshot? previous = FindPrevious(known, host, paths);
        SentinelChoice sentinel = ChooseSentinel(options.Sentinel, previous);
        AssembledTree tree = await StoreTreeAsync(
            repository, options, session, previous, sentinel, paths, counters, observer, cancellationToken)
            .ConfigureAwait(false);

        long stored = 0;
        ObjectId id = await session.CommitAsync(
            storedInBytes =>
            {
                stored = storedInBytes;
                return Describe(repository, options, known, tree, time, host, paths, counters, storedInBytes, sentinel.End);
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
            SentinelFiles = counters.SentinelFiles,
            SentinelInBytes = counters.SentinelInBytes,
            RotAlarms = counters.RotAlarms,
            Duration = repository.Time.GetElapsedTime(start),
            Errors = counters.Errors,
        };
    }

    private static async Task<AssembledTree> StoreTreeAsync(
        Repository repository, BackupOptions options, UploadSession session, StoredSnapshot? previous, SentinelChoice sentinel,
        IReadOnlyList<ByteName> paths, BackupCounters counters, IBackupObserver observer, CancellationToken cancellationToken)
    {
        RingKeys ring = repository.Keys.Ring;
        LinkedContents linked = new();
        VirtualFileSystems virtualFiles = new();
        Chunker<FileChunker.KeyedCut> chunker = FileChunker.Create(ring);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using TreeStore trees = new(session, ring, counters, options.Upload.FrameSizeInBytes);
        MetadataReader metadata = new(trees.Attributes, counters, observer);
        NodeFactory nodes = new(new OwnerNames(), metadata);
        using BlobReader blobs = new(repository.Backend, repository.Keys, session.Index);
        using SourceTree tree = new(OpenDirectoriesMax);
        FileQueue files = new(options.ReaderCount, options.Upload.FrameSizeInBytes);
        TreeAssembly assembly = new(trees, ring, counters);
        TreeReader treeReader = new(blobs);
        PreviousTrees before = new(treeReader, previous is null ? [] : [previous.Snapshot.Root], observer, stop.Token);
        SourceWalk walk = new(
            ring, nodes, before, new StoredClosure(session.Index), files, assembly, tree,
            new EntryChooser(ExcludedFolders.Of(options.ExcludedFolders), observer), virtualFiles, sentinel, counters, observer, stop.Token);
        SourceScanner scanner = new(walk, nodes, before, files, assembly, counters, observer, stop.Token);

        Task[] readers = new Task[options.ReaderCount];
        for (int i = 0; i < readers.Length; i++)
        {
            readers[i] = Task.Run(() => GuardAsync(ReadAsync), CancellationToken.None);
        }
        Task scan = Task.Run(() => GuardAsync(ScanAsync), CancellationToken.None);
        Task assembling = Task.Run(() => GuardAsync(() => assembly.RunAsync(stop.Token)), CancellationToken.None);
        await Task.WhenAll([scan, .. readers]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        assembly.Complete();
        await assembling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ThrowFirst([scan, assembling, .. readers]);
        metadata.ReportProblems();
        await trees.FlushAsync(cancellationToken).ConfigureAwait(false);
        return await assembly.Whole.ConfigureAwait(false);

        async Task ScanAsync()
        {
            try
            {
                await scanner.ScanAsync(RootPathTree.Of(paths)).ConfigureAwait(false);
            }
            finally
            {
                files.Complete();
            }
        }

        async Task ReadAsync()
        {
            using ContentStore contents = new(session, chunker, ring, trees, counters, options.Upload.FrameSizeInBytes);
            RotSentinel watch = new(
                new ContentComparer(ring, treeReader), treeReader, previous is null ? [] : [previous], linked, counters, observer);
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

    // The previous tree only saves reading; it is looked up by path, so any snapshot of the machine helps.
    private static StoredSnapshot? FindPrevious(SnapshotList known, ByteName host, IReadOnlyList<ByteName> paths)
        => known.Snapshots.LastOrDefault(stored => stored.Snapshot.Host == host && stored.Snapshot.Paths.SequenceEqual(paths))
            ?? known.Snapshots.LastOrDefault(stored => stored.Snapshot.Host == host);

    // Goes on where the previous snapshot of the same paths ended; running numbers would skip files where several backups take turns.
    private static SentinelChoice ChooseSentinel(SentinelShare share, StoredSnapshot? previous) => previous is null
        ? SentinelChoice.Of(SentinelShare.Off, 0, 0)
        : SentinelChoice.Of(share, previous.Snapshot.Summary.SentinelPosition, previous.Snapshot.Summary.SizeInBytes);

    private static List<ByteName> ExistingPaths(IReadOnlyList<ByteName> paths, BackupCounters counters, IBackupObserver observer)
    {
        SortedSet<ByteName> existing = [];
        foreach (ByteName path in paths)
        {
            ByteName absolute = LocalPath.MakeAbsolute(path);
            try
            {
                _ = SourceDirectory.StatRoot(absolute);
                _ = existing.Add(absolute);
            }
            catch (FileSystemException exception)
            {
                counters.CountError();
                observer.Problem(new BackupProblem(absolute, exception.Message));
            }
        }
        return existing.Count > 0
            ? [.. existing]
            : throw new SourceException("None of the paths to back up can be read. No snapshot was made.");
    }

    private static Snapshot Describe(
        Repository repository, BackupOptions options, SnapshotList known, AssembledTree tree, UnixTime time, ByteName host,
        IReadOnlyList<ByteName> paths, BackupCounters counters, long storedInBytes, long sentinelPosition)
    {
        MemberId writer = repository.Keys.Member.Id;
        IReadOnlyList<KnownWriter> newest = known.NewestOfWriters();
        return new Snapshot
        {
            Root = tree.Root,
            Writer = writer,
            Sequence = newest.Where(other => other.Writer == writer).Select(other => other.Sequence).FirstOrDefault() + 1,
            Time = time,
            Known = newest,
            Host = host,
            User = new OwnerNames().UserName(LocalMachine.UserId()),
            Paths = paths,
            Tags = options.Tags,
            Description = options.Description,
            Program = options.Program,
            Summary = new SnapshotSummary
            {
                Files = tree.Totals.Files,
                Directories = tree.Totals.Directories,
                Others = tree.Totals.Others,
                SizeInBytes = tree.Totals.SizeInBytes,
                AddedInBytes = counters.AddedInBytes,
                StoredInBytes = storedInBytes,
                Errors = counters.Errors,
                SentinelPosition = sentinelPosition,
            },
        };
    }
}
