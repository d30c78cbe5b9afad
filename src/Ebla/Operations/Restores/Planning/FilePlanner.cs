using System.Runtime.ExceptionServices;
using Ebla.FileSystems;
using Ebla.Indexing;
using Ebla.Operations.Restores.Writing;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Restores.Planning;

/// <summary>
/// Gathers the pieces of files to plans for the workers. What is in the target already is read before, several files at a time, and
/// only pieces that are not right there are planned.
/// </summary>
internal sealed class FilePlanner(RestoreRun run) : IDisposable
{
    // One is at work and one is ready, while the next is gathered.
    private const int PlansMax = 2;

    // The first plans are small, so that the workers have something to do early.
    private const int FirstPlannedPiecesMax = 2048;

    private readonly SemaphoreSlim _planSlots = new(PlansMax);
    private readonly SemaphoreSlim _checkSlots = new(run.Options.WorkerCount);
    private readonly SemaphoreSlim _gathering = new(1);
    private readonly List<PlannedPiece> _pieces = [];
    private int _piecesMax = Math.Min(FirstPlannedPiecesMax, run.Options.PlannedPiecesMax);
    private volatile ExceptionDispatchInfo? _failure;

    /// <summary>Plans a file.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="node">The file.</param>
    /// <param name="linked">Its other names, if it has some.</param>
    /// <param name="existing">What has its name in the target; null if nothing has.</param>
    public async ValueTask PlanAsync(RestoreDirectory directory, Node node, LinkedFile? linked, FileMetadata? existing)
    {
        bool isOnePiece = node.Content.Count == 1 && node.Content[0].Id is not null;
        RestoreFile file = new(directory, node.Name, node.SizeInBytes, run.Metadata.Of(directory, node), linked)
        {
            IsOnePiece = isOnePiece,
        };
        directory.Retain();
        // A file of one piece that was not finished is not worth to be looked for.
        bool mayHaveSeed = existing is { Type: FileType.Regular } || (!isOnePiece && !directory.IsNew && node.SizeInBytes > 0);
        if (!mayHaveSeed)
        {
            await PlanAllAsync(file, node).ConfigureAwait(false);
            run.Tell(directory, node.Name, existing is null ? RestoreAction.Make : RestoreAction.Replace);
            return;
        }
        SeedCheck check = new(run, this, file, node, existing is { Type: FileType.Regular } ? existing : null, isReplaced: existing is not null);
        if (run.Options.DryRun)
        {
            await check.RunAsync().ConfigureAwait(false); // One after the other, so that what is told is in order.
            return;
        }
        _failure?.Throw();
        await _checkSlots.WaitAsync(run.CancellationToken).ConfigureAwait(false);
        _ = Task.Run(() => GuardAsync(check), CancellationToken.None);
    }

    /// <summary>Plans a piece of a file.</summary>
    public async ValueTask PlanPieceAsync(RestoreFile file, long offset, ContentPiece piece)
    {
        if (piece.Id is not { } id)
        {
            run.Counters.CountRestored(piece.SizeInBytes); // A hole: the file has its size from the start.
            return;
        }
        if (!file.IsOnePiece)
        {
            file.AddPiece();
        }
        if (piece.SizeInBytes > FramePlaintext.BlobSizeInBytesMax)
        {
            run.Files.FailPiece(file, $"Chunk {id.ToShortString()} is said to be longer than any is.");
            return;
        }
        BlobLocation? found = run.Damaged.FindCopy(id);
        if (found is null)
        {
            // A list that was under way while the index was merged may have missed it, and a segment may have vanished.
            _ = await run.Index.TryGrowAsync(run.CancellationToken).ConfigureAwait(false);
            found = run.Damaged.FindCopy(id); // Also if it did not grow: it may have for somebody else, just before.
        }
        if (found is not { } copy)
        {
            run.Files.FailPiece(file, run.Damaged.Explain(id));
            return;
        }
        await _gathering.WaitAsync(run.CancellationToken).ConfigureAwait(false);
        try
        {
            _pieces.Add(new PlannedPiece(new FilePiece(file, offset, (int)piece.SizeInBytes, id), copy.Frame, copy.Place));
            if (_pieces.Count >= _piecesMax)
            {
                await FlushAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _ = _gathering.Release();
        }
        if (run.Options.DryRun)
        {
            // Nobody else will end it.
            if (file.IsOnePiece)
            {
                run.Files.EndUnwritten(file);
            }
            else
            {
                run.Files.Release(file);
            }
            run.Counters.CountRestored(piece.SizeInBytes);
        }
    }

    /// <summary>Waits until all that was planned is done.</summary>
    public async Task DrainAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _failure?.Throw();
        await FlushAsync().ConfigureAwait(false);
        for (int i = 0; i < PlansMax; i++)
        {
            await _planSlots.WaitAsync(run.CancellationToken).ConfigureAwait(false);
        }
        _ = _planSlots.Release(PlansMax);
    }

    /// <summary>Waits until nothing is compared any more, however the restore ended.</summary>
    public async Task StopAsync()
    {
        for (int i = 0; i < run.Options.WorkerCount; i++)
        {
            await _checkSlots.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        _ = _checkSlots.Release(run.Options.WorkerCount);
    }

    /// <summary>All fetches of a plan are done.</summary>
    public void EndPlan() => _planSlots.Release();

    public void Dispose()
    {
        _planSlots.Dispose();
        _checkSlots.Dispose();
        _gathering.Dispose();
    }

    /// <summary>Plans all pieces of a file, and ends its planning.</summary>
    public async ValueTask PlanAllAsync(RestoreFile file, Node node)
    {
        if (file.IsOnePiece)
        {
            await PlanPieceAsync(file, 0, node.Content[0]).ConfigureAwait(false);
            return;
        }
        if (node.ContentList is null)
        {
            long offset = 0;
            foreach (ContentPiece piece in node.Content)
            {
                await PlanPieceAsync(file, offset, piece).ConfigureAwait(false);
                offset += piece.SizeInBytes;
            }
        }
        else
        {
            await ForEachPieceAsync(file, node, (offset, piece) => PlanPieceAsync(file, offset, piece)).ConfigureAwait(false);
        }
        file.EndPlanning();
        run.Files.Release(file);
    }

    /// <summary>Goes through the pieces of a file. If their list is damaged, the file fails.</summary>
    public async Task ForEachPieceAsync(RestoreFile file, Node node, Func<long, ContentPiece, ValueTask> use)
    {
        long offset = 0;
        try
        {
            await foreach (ContentPiece piece in run.Trees.ReadPiecesAsync(node, run.CancellationToken).ConfigureAwait(false))
            {
                await use(offset, piece).ConfigureAwait(false);
                offset += piece.SizeInBytes;
            }
        }
        catch (Exception exception) when (exception is CorruptDataException or MissingObjectException or UnsupportedFormatException)
        {
            file.Fail($"the list of its content is damaged: {exception.Message}");
        }
        catch (BackendException exception)
        {
            await StoreFailure.ThrowIfGoneAsync(run.Backend, exception, run.CancellationToken).ConfigureAwait(false);
            file.Fail($"the list of its content cannot be read: {exception.Message}");
        }
    }

    private async Task GuardAsync(SeedCheck check)
    {
        try
        {
            await check.RunAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _failure ??= ExceptionDispatchInfo.Capture(exception);
        }
        finally
        {
            _ = _checkSlots.Release();
        }
    }

    private async ValueTask FlushAsync()
    {
        if (_pieces.Count == 0)
        {
            return;
        }
        if (!run.Options.DryRun)
        {
            await _planSlots.WaitAsync(run.CancellationToken).ConfigureAwait(false);
        }
        RestorePlan plan = RestorePlan.Of(_pieces, run.Index, run.Options.FetchSizeInBytesMax);
        _pieces.Clear();
        _piecesMax = Math.Min(2 * _piecesMax, run.Options.PlannedPiecesMax);
        foreach (FrameFetch fetch in plan.Fetches)
        {
            if (run.Options.DryRun)
            {
                run.Counters.CountFetched(fetch.SizeInBytes);
            }
            else
            {
                await run.Fetches.WriteAsync(fetch, run.CancellationToken).ConfigureAwait(false);
            }
        }
    }
}
