using System.Collections.Concurrent;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Copies;

/// <summary>Brings what snapshots refer to into the destination, one snapshot after the other.</summary>
internal sealed class SnapshotCopier(CopyRun run)
{
    /// <summary>Copies what a snapshot refers to and the destination has not got.</summary>
    /// <returns>The root of its tree there; null if something of it is lost.</returns>
    public async Task<BlobId?> CopyAsync(StoredSnapshot stored, CancellationToken cancellationToken)
    {
        BlobId root = stored.Snapshot.Root;
        WantedBlobs wanted = new(run.Index, run.Places);
        Plan(root, wanted, cancellationToken);
        run.Counters.CountPlanned(wanted.FramesSizeInBytes);
        if (run.Options.DryRun)
        {
            run.Counters.CountBlobs(wanted.Count);
            run.Counters.CountRead(wanted.FramesSizeInBytes);
            return run.Walk.NeedsLost(root, cancellationToken) ? null : root;
        }
        await CopyAsync(wanted, cancellationToken).ConfigureAwait(false);
        if (run.Walk.NeedsLost(root, cancellationToken))
        {
            return null;
        }
        if (run.Map is not { } map)
        {
            return root;
        }
        try
        {
            return await new TreeRewriter(run, map).RewriteAsync(root, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CorruptDataException or MissingObjectException or UnsupportedFormatException)
        {
            run.Walk.Lose(ShortId.Of(root), exception.Message);
            return null;
        }
    }

    private void Plan(BlobId root, WantedBlobs wanted, CancellationToken cancellationToken)
    {
        run.Walk.Visit(
            root,
            (ordinal, entry) =>
            {
                if (run.Map is { } map)
                {
                    if (map.Contains(ordinal))
                    {
                        return false; // With all below it.
                    }
                    if (entry.Row.Kind == FrameKind.File)
                    {
                        wanted.Add(ordinal, entry);
                    }
                }
                else if (!run.IsStored(entry.Id))
                {
                    wanted.Add(ordinal, entry);
                }
                return true;
            },
            cancellationToken);
    }

    /// <summary>Copies these blobs, each frame once.</summary>
    public async Task CopyAsync(WantedBlobs wanted, CancellationToken cancellationToken)
    {
        ConcurrentBag<FrameCopier> copiers = [];
        try
        {
            ParallelOptions parallel = new()
            {
                MaxDegreeOfParallelism = run.Options.FetchesInFlightMax,
                CancellationToken = cancellationToken,
            };
            // Ranges are begun in their order, so the one whose turn is next is at work.
            await Parallel.ForEachAsync(InTurns(wanted.Fetches(run.Options.FetchSizeInBytesMax)), parallel, async (item, stop) =>
            {
                FrameCopier copier = copiers.TryTake(out FrameCopier? idle) ? idle : new FrameCopier(run);
                try
                {
                    await copier.CopyAsync(item.Fetch, wanted, item.Turn, stop).ConfigureAwait(false);
                }
                finally
                {
                    copiers.Add(copier);
                }
                item.Done.SetResult();
            }).ConfigureAwait(false);
        }
        finally
        {
            foreach (FrameCopier copier in copiers)
            {
                copier.Dispose();
            }
        }
    }

    private IEnumerable<(CopyFetch Fetch, Task Turn, TaskCompletionSource Done)> InTurns(IEnumerable<CopyFetch> fetches)
    {
        Task turn = Task.CompletedTask;
        foreach (CopyFetch fetch in fetches)
        {
            TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            yield return (fetch, turn, done);
            if (run.Options.IsMove)
            {
                turn = done.Task;
            }
        }
    }
}
