using System.Runtime.CompilerServices;
using Ebla.FileSystems;
using Ebla.Operations.Backups.Assembly;
using Ebla.Operations.Backups.Previous;
using Ebla.Operations.Backups.Selection;
using Ebla.Operations.Backups.Sentinels;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;
using Ebla.Trees;

namespace Ebla.Operations.Backups;

/// <summary>Backs up paths into a repository, as one snapshot.</summary>
public static class BackupOperation
{
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
        BackupLog log = new(observer);
        NamedPaths? named = options.Input is null ? NamedPaths.Find(options, log) : null;
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
            // The packs that a segment named say themselves what they hold.
            string lost = finding.Name.Kind == ObjectKind.Pack ? " What it held is stored again." : "";
            log.Notice(default, $"{finding.Message}{lost} Run ebla check.");
        }
        IReadOnlyList<StoredSnapshot> previous = PreviousSnapshots.Find(known, host, paths);
        SentinelChoice sentinel = ChooseSentinel(options.Sentinel, previous.Count > 0 ? previous[^1] : null);
        SnapshotDescription description = new(repository.Keys.Member.Id, known, options, time, host, paths, sentinel, log.Counters);
        AssembledTree tree;
        using (BackupPipeline pipeline = new(repository, session, options, previous, description, log))
        {
            tree = await pipeline.RunAsync(named, end.Token, cancellationToken).ConfigureAwait(false);
        }

        long stored = 0;
        ObjectId id = await session.CommitAsync(
            storedInBytes =>
            {
                stored = storedInBytes;
                return description.Of(tree, isPartial: false, storedInBytes);
            },
            cancellationToken).ConfigureAwait(false);
        BackupCounters counters = log.Counters;
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

    private static ByteName CheckedPath(BackupInput input) => LocalPath.Split(input.Path) is { Count: > 0 } names
        && names.All(name => NodeCodec.IsValidName(name.Span))
            ? input.Path
            : throw new SourceException(
                $"The name of the input must be of 1 to {NodeCodec.NameSizeInBytesMax} bytes, and so each folder's: {input.Path}");

    // Goes on where the previous snapshot of the same paths ended; running numbers would skip files where several backups take turns.
    private static SentinelChoice ChooseSentinel(SentinelShare share, StoredSnapshot? previous) => previous is null
        ? SentinelChoice.Of(SentinelShare.Off, 0, 0)
        : SentinelChoice.Of(share, previous.Snapshot.Summary.SentinelPosition, previous.Snapshot.Summary.SizeInBytes);
}
