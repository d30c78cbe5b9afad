using Ebla.Operations.Backups.Assembly;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Backups;

/// <summary>Commits partial snapshots while a backup runs, so that one that is cut off is worth something.</summary>
/// <remarks>Reading goes on meanwhile; only the assembly of trees pauses while it makes the lists of the open directories.</remarks>
internal sealed class Checkpoints(
    UploadSession session, TreeAssembly assembly, SnapshotDescription description, BackupCounters counters)
{
    private BlobId? _lastRoot;
    private long _filesAtLast;
    private bool _isFenced;

    private long FilesRead => counters.FilesNew + counters.FilesChanged;

    /// <summary>Commits one at each interval, until it is stopped. One that is begun is finished.</summary>
    /// <param name="interval">The time between two; zero for none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends it, without an exception.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task RunAsync(TimeSpan interval, TimeProvider time, CancellationToken stop, CancellationToken cancellationToken)
    {
        if (interval <= TimeSpan.Zero)
        {
            return;
        }
        using PeriodicTimer timer = new(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                await CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The walk is through, or was interrupted.
        }
    }

    /// <summary>Commits one more if a file was read since the last. Nothing may be running any more but the assembly and the session.</summary>
    public ValueTask CommitLastAsync(CancellationToken cancellationToken) => FilesRead > _filesAtLast
        ? CommitAsync(cancellationToken)
        : ValueTask.CompletedTask;

    private async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        if (_isFenced)
        {
            return;
        }
        long files = FilesRead;
        AssembledTree tree = await assembly.MakePartialAsync(cancellationToken).ConfigureAwait(false);
        if (tree.Root == _lastRoot)
        {
            return;
        }
        ObjectId? snapshot = await session.CommitPartialAsync(
            storedInBytes => description.Of(tree, isPartial: true, storedInBytes), cancellationToken).ConfigureAwait(false);
        if (snapshot is not { } id)
        {
            _isFenced = true;
            return;
        }
        description.Committed(id);
        counters.CountPartialSnapshot();
        _lastRoot = tree.Root;
        _filesAtLast = files;
    }
}
