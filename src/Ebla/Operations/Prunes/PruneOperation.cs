using Ebla.Backends.Decorators;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Prunes;

/// <summary>
/// Gives back the space of what no snapshot refers to. Backups, restores and other prunes may run meanwhile, on any machine
/// (docs/prune.md).
/// </summary>
public static class PruneOperation
{
    /// <summary>
    /// Runs a prune. It can be stopped, or die, at any point: nothing that a snapshot refers to is lost, and the next one goes on. A dry run
    /// does all that a prune does, reading included, on a store that keeps nothing: so its numbers are those of the prune. Where the store refuses
    /// to delete, it is a dry run.
    /// </summary>
    /// <exception cref="UnsupportedFormatException">The repository has settings that this version does not know.</exception>
    /// <exception cref="CorruptDataException">Something is damaged or missing that a snapshot refers to. Nothing was removed.</exception>
    public static async Task<PruneResult> RunAsync(
        Repository repository, PruneOptions options, IPruneObserver observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observer);
        ArgumentOutOfRangeException.ThrowIfNegative(options.UnusedShareMax);
        ArgumentOutOfRangeException.ThrowIfNegative(options.RepackSizeInBytesMax ?? 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Grace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ListLag, TimeSpan.Zero);
        await UploadSession.RefuseSettingsAsync(repository.Backend, cancellationToken).ConfigureAwait(false);
        bool isTrial = options.DryRun || !await DeletionTrial.RunAsync(repository, cancellationToken).ConfigureAwait(false);
        using SpoolFile spool = new(repository.Cache.NewSessionPath);
        TallyingBackend tally = new(isTrial ? new OverlayBackend(repository.Backend, spool) : repository.Backend);
        long start = repository.Time.GetTimestamp();
        using PruneRun run = new(repository.Through(tally), options with { DryRun = isTrial }, observer);
        PruneResult result = await run.RunAsync(cancellationToken).ConfigureAwait(false);
        return result with
        {
            RemovedInBytes = tally.DeletedInBytes,
            StoredInBytes = tally.PutInBytes,
            Duration = repository.Time.GetElapsedTime(start),
        };
    }
}
