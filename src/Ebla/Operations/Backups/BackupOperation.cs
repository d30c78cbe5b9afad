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
        BlobId root = await StoreTreeAsync(
            repository, options, session, FindPrevious(known, host, paths), paths, counters, observer, cancellationToken)
            .ConfigureAwait(false);

        long stored = 0;
        ObjectId id = await session.CommitAsync(
            storedInBytes =>
            {
                stored = storedInBytes;
                return Describe(repository, options, known, root, time, host, paths, counters, storedInBytes);
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
            Duration = repository.Time.GetElapsedTime(start),
            Errors = counters.Errors,
        };
    }

    private static async Task<BlobId> StoreTreeAsync(
        Repository repository, BackupOptions options, UploadSession session, StoredSnapshot? previous,
        IReadOnlyList<ByteName> paths, BackupCounters counters, IBackupObserver observer, CancellationToken cancellationToken)
    {
        RingKeys ring = repository.Keys.Ring;
        LinkedContents linked = new();
        Chunker<FileChunker.KeyedCut> chunker = FileChunker.Create(ring);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using TreeStore trees = new(session, ring, counters, options.Upload.FrameSizeInBytes);
        MetadataReader metadata = new(trees.Attributes, counters, observer);
        NodeFactory nodes = new(new OwnerNames(), metadata);
        using BlobReader blobs = new(repository.Backend, repository.Keys, session.Index);
        FileQueue files = new(options.ReaderCount, options.Upload.FrameSizeInBytes);
        using SourceScanner scanner = new(
            session, ring, nodes, previous is null ? null : new TreeReader(blobs), files, trees, counters,
            ExcludedFolders.Of(options.ExcludedFolders), observer, stop.Token);

        Task[] readers = new Task[options.ReaderCount];
        for (int i = 0; i < readers.Length; i++)
        {
            readers[i] = Task.Run(ReadAsync, CancellationToken.None);
        }
        Task<BlobId> scan = Task.Run(ScanAsync, CancellationToken.None);
        await Task.WhenAll([scan, .. readers]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        files.Abandon();
        ThrowFirst([scan, .. readers]);
        metadata.ReportProblems();
        await trees.FlushAsync(cancellationToken).ConfigureAwait(false);
        return await scan.ConfigureAwait(false);

        async Task<BlobId> ScanAsync()
        {
            try
            {
                BlobId root = await scanner.ScanAsync(RootPathTree.Of(paths), previous?.Snapshot.Root).ConfigureAwait(false);
                files.Complete();
                return root;
            }
            catch (Exception exception)
            {
                files.Complete(exception);
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }

        async Task ReadAsync()
        {
            try
            {
                using ContentStore contents = new(session, chunker, ring, trees, counters, options.Upload.FrameSizeInBytes);
                await new FileReader(contents, nodes, ring, linked, counters, observer).RunAsync(files.Batches, stop.Token)
                    .ConfigureAwait(false);
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
        Repository repository, BackupOptions options, SnapshotList known, BlobId root, UnixTime time, ByteName host,
        IReadOnlyList<ByteName> paths, BackupCounters counters, long storedInBytes)
    {
        MemberId writer = repository.Keys.Member.Id;
        IReadOnlyList<KnownWriter> newest = known.NewestOfWriters();
        return new Snapshot
        {
            Root = root,
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
                Files = counters.Files,
                Directories = counters.Directories,
                Others = counters.Others,
                SizeInBytes = counters.ProcessedInBytes,
                AddedInBytes = counters.AddedInBytes,
                StoredInBytes = storedInBytes,
                Errors = counters.Errors,
            },
        };
    }
}
