using System.Runtime.ExceptionServices;
using Ebla.Chunking;
using Ebla.FileSystems;
using Ebla.Keys;
using Ebla.Operations.Backups.Assembly;
using Ebla.Operations.Backups.Nodes;
using Ebla.Operations.Backups.Previous;
using Ebla.Operations.Backups.Reading;
using Ebla.Operations.Backups.Scanning;
using Ebla.Operations.Backups.Selection;
using Ebla.Operations.Backups.Sentinels;
using Ebla.Operations.Backups.Storing;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Backups;

/// <summary>The tasks of a running backup, and what they share: one scans, some read, one assembles the trees, one makes checkpoints.</summary>
internal sealed class BackupPipeline : IDisposable
{
    // Of 1,024 that a process may open where nobody raised the limit.
    private const int OpenDirectoriesMax = 512;

    private readonly Repository _repository;
    private readonly UploadSession _session;
    private readonly BackupOptions _options;
    private readonly IReadOnlyList<StoredSnapshot> _previous;
    private readonly SnapshotDescription _description;
    private readonly BackupLog _log;
    private readonly RingKeys _ring;
    private readonly LinkedContents _linked = new();
    private readonly VirtualFileSystems _virtualFiles = new();
    private readonly Chunker<FileChunker.KeyedCut> _chunker;
    private readonly TreeStore _trees;
    private readonly MetadataReader _metadata;
    private readonly NodeFactory _nodes;
    private readonly BlobReader _blobs;
    private readonly TreeReader _treeReader;
    private readonly SourceTree _tree = new(OpenDirectoriesMax);
    private readonly FileQueue _files;
    private readonly TreeAssembly _assembly;

    public BackupPipeline(
        Repository repository, UploadSession session, BackupOptions options, IReadOnlyList<StoredSnapshot> previous,
        SnapshotDescription description, BackupLog log)
    {
        _repository = repository;
        _session = session;
        _options = options;
        _previous = previous;
        _description = description;
        _log = log;
        _ring = repository.Keys.Ring;
        _chunker = FileChunker.Create(_ring);
        _trees = new TreeStore(session, _ring, log.Counters, options.Upload.FrameSizeInBytes);
        _metadata = new MetadataReader(_trees.Attributes, log);
        _nodes = new NodeFactory(new OwnerNames(), _metadata);
        _blobs = new BlobReader(repository.Backend, repository.Keys, session.Index, repository.Metadata);
        _treeReader = new TreeReader(_blobs);
        _files = new FileQueue(options.ReaderCount, options.Upload.FrameSizeInBytes);
        _assembly = new TreeAssembly(_trees, _ring, log.Counters);
    }

    /// <summary>Stores what is to be backed up; all of it is handed to the session then. Once only.</summary>
    /// <param name="named">The paths; null for the input of the options.</param>
    /// <param name="end">Ends it wherever it is: some time after an interruption.</param>
    /// <param name="cancellationToken">Interrupts it: a last partial snapshot is made before it throws.</param>
    public async Task<AssembledTree> RunAsync(NamedPaths? named, CancellationToken end, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] readers = new Task[_options.ReaderCount];
        for (int i = 0; i < readers.Length; i++)
        {
            readers[i] = Start(stop, () => ReadAsync(stop.Token));
        }
        Task scan = Start(stop, () => ScanAsync(named, stop.Token));
        Task assembling = Start(stop, () => _assembly.RunAsync(end));
        Checkpoints checkpoints = new(_session, _assembly, _description, _log.Counters);
        using CancellationTokenSource through = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        Task committing = Start(stop, () => checkpoints.RunAsync(_options.CheckpointInterval, _repository.Time, through.Token, end));
        await Task.WhenAll([scan, .. readers]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await through.CancelAsync().ConfigureAwait(false);
        await committing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (cancellationToken.IsCancellationRequested && _options.CheckpointInterval > TimeSpan.Zero)
        {
            await CommitLastAsync(checkpoints, end).ConfigureAwait(false);
        }
        _assembly.Complete();
        await assembling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ThrowFirst([scan, assembling, committing, .. readers]);
        cancellationToken.ThrowIfCancellationRequested();
        _metadata.ReportProblems();
        await _trees.FlushAsync().ConfigureAwait(false);
        return await _assembly.Whole.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _tree.Dispose();
        _blobs.Dispose();
    }

    private async Task ScanAsync(NamedPaths? named, CancellationToken stop)
    {
        try
        {
            if (named is null)
            {
                await new InputStore(CreateContents(), _nodes, _assembly, _ring, _log, _description.Time)
                    .StoreAsync(_options.Input!, stop).ConfigureAwait(false);
                return;
            }
            PreviousTrees before = new(_treeReader, [.. _previous.Select(stored => stored.Snapshot.Root)], _log, stop);
            SourceWalk walk = new(
                _ring, _nodes, before, new StoredClosure(_session.Index), _files, _assembly, _tree,
                new EntryChooser(named.Selection, _log), _virtualFiles, _description.Sentinel, _log, stop);
            SourceScanner scanner = new(walk, _nodes, before, _files, _assembly, _log, stop);
            await scanner.ScanAsync(named.Tree).ConfigureAwait(false);
        }
        finally
        {
            _files.Complete();
        }
    }

    private async Task ReadAsync(CancellationToken stop)
    {
        RotSentinel sentinel = new(new ContentComparer(_ring, _treeReader), _treeReader, _previous, _linked, _log);
        FileReader reader = new(CreateContents(), _nodes, _ring, _linked, sentinel, _virtualFiles, _log);
        await reader.RunAsync(_files.Batches, stop).ConfigureAwait(false);
    }

    private ContentStore CreateContents() => new(_session, _chunker, _ring, _trees, _log.Counters, _options.Upload.FrameSizeInBytes);

    // It was interrupted, and that is what the caller is told: a failure here only takes away what would have been welcome.
    private async Task CommitLastAsync(Checkpoints checkpoints, CancellationToken end)
    {
        try
        {
            await checkpoints.CommitLastAsync(end).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is BackendException or OperationCanceledException)
        {
            _log.Notice(default, $"The last partial snapshot was not made: {exception.Message}");
        }
    }

    // One that fails stops the others.
    private static Task Start(CancellationTokenSource stop, Func<Task> run) => Task.Run(
        async () =>
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
        },
        CancellationToken.None);

    // One failure makes the others stop by cancellation; the one that is none of these is the reason.
    private static void ThrowFirst(Task[] tasks)
    {
        Exception[] failures = [.. tasks.Where(task => task.IsFaulted).Select(task => task.Exception!.InnerException!)];
        Exception? reason = failures.FirstOrDefault(failure => failure is not OperationCanceledException) ?? failures.FirstOrDefault();
        if (reason is not null)
        {
            ExceptionDispatchInfo.Throw(reason);
        }
    }
}
