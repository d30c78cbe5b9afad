using System.Threading.Channels;
using Ebla.Backends;
using Ebla.FileSystems;
using Ebla.Indexing;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Restores;

/// <summary>
/// Walks the tree: makes directories and all that has no content as it goes, and gathers the pieces of files to plans for the
/// workers.
/// </summary>
/// <remarks>Memory: the plans, and one tree blob for each level of the way down.</remarks>
internal sealed class TreeRestorer(
    IBackend backend, BlobIndex index, TreeReader trees, TargetTree target, FileWriter files, LinkedFiles links,
    DamagedCopies damaged, NodeMetadata metadata, RestoreReport report, RestoreCounters counters, RestoreOptions options,
    ChannelWriter<FrameFetch> fetches, CancellationToken cancellationToken) : IDisposable
{
    // One is at work and one is ready, while the next is gathered.
    private const int PlansMax = 2;

    // The first plans are small, so that the workers have something to do early.
    private const int FirstPlannedPiecesMax = 2048;

    private readonly SemaphoreSlim _planSlots = new(PlansMax);
    private readonly List<PlannedPiece> _pieces = [];
    private int _piecesMax = Math.Min(FirstPlannedPiecesMax, options.PlannedPiecesMax);

    /// <summary>Restores a directory's entries, and all below.</summary>
    public Task RestoreTreeAsync(RestoreDirectory root, BlobId tree) => RunAsync(root, async () =>
    {
        Stack<(RestoreDirectory Directory, IAsyncEnumerator<TreeEntry> Entries)> way = [];
        root.Retain();
        way.Push((root, Read(tree)));
        try
        {
            while (way.TryPeek(out (RestoreDirectory Directory, IAsyncEnumerator<TreeEntry> Entries) at))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!await TryMoveNextAsync(at.Directory, at.Entries).ConfigureAwait(false))
                {
                    _ = way.Pop();
                    await at.Entries.DisposeAsync().ConfigureAwait(false);
                    target.Release(at.Directory);
                }
                else if (at.Entries.Current.Node is { Type: FileType.Directory, Subtree: { } subtree } node)
                {
                    if (TryMakeDirectory(at.Directory, node) is { } child)
                    {
                        way.Push((child, Read(subtree)));
                    }
                }
                else
                {
                    await RestoreAsync(at.Directory, at.Entries.Current.Node).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            foreach ((_, IAsyncEnumerator<TreeEntry> entries) in way)
            {
                await entries.DisposeAsync().ConfigureAwait(false);
            }
        }
    });

    /// <summary>Restores one entry that is no directory.</summary>
    public Task RestoreEntryAsync(RestoreDirectory root, Node node) => RunAsync(root, () => RestoreAsync(root, node).AsTask());

    /// <summary>All fetches of a plan are done.</summary>
    public void EndPlan() => _planSlots.Release();

    public void Dispose() => _planSlots.Dispose();

    private async Task RunAsync(RestoreDirectory root, Func<Task> restore)
    {
        await restore().ConfigureAwait(false);
        // Names of files that could not be restored under their first name: each round settles at least one of each file.
        do
        {
            await FlushAsync().ConfigureAwait(false);
            await WaitForPlansAsync().ConfigureAwait(false);
        }
        while (await RetryLinksAsync().ConfigureAwait(false));
        links.End();
        target.Release(root);
    }

    private IAsyncEnumerator<TreeEntry> Read(BlobId tree)
        => trees.ReadNodesAsync(tree, cancellationToken).GetAsyncEnumerator(cancellationToken);

    private async ValueTask<bool> TryMoveNextAsync(RestoreDirectory directory, IAsyncEnumerator<TreeEntry> entries)
    {
        try
        {
            return await entries.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CorruptDataException or MissingObjectException or UnsupportedFormatException)
        {
            report.Problem(directory.PathInSnapshot, $"not all restored: the list of this directory is damaged: {exception.Message}");
        }
        catch (BackendException exception)
        {
            await StoreFailure.ThrowIfGoneAsync(backend, exception, cancellationToken).ConfigureAwait(false);
            report.Problem(directory.PathInSnapshot, $"not all restored: the list of this directory cannot be read: {exception.Message}");
        }
        return false;
    }

    private RestoreDirectory? TryMakeDirectory(RestoreDirectory parent, Node node)
    {
        RestoreDirectory directory = new(parent, node.Name, metadata.Of(parent, node));
        try
        {
            _ = target.Open(directory);
            target.Close(directory);
            parent.Retain();
            return directory;
        }
        catch (FileSystemException exception)
        {
            TargetFailure.ThrowIfFinal(exception);
            report.Problem(parent.PathOf(node.Name), $"not restored, nor anything in it: {exception.Message}");
            return null;
        }
    }

    private async ValueTask RestoreAsync(RestoreDirectory directory, Node node)
    {
        LinkedFile? linked = links.Find(node);
        if (linked is not null)
        {
            LinkedName name = new(directory, node);
            switch (linked.Join(name))
            {
                case LinkedFileTurn.Wait:
                    return;
                case LinkedFileTurn.Link:
                    links.Link(linked, name);
                    return;
                default:
                    break;
            }
        }
        await RestoreAsync(directory, node, linked).ConfigureAwait(false);
    }

    private ValueTask RestoreAsync(RestoreDirectory directory, Node node, LinkedFile? linked)
    {
        if (node.Type == FileType.Regular)
        {
            return PlanFileAsync(directory, node, linked);
        }
        MakeSpecial(directory, node, linked);
        return ValueTask.CompletedTask;
    }

    private void MakeSpecial(RestoreDirectory directory, Node node, LinkedFile? linked)
    {
        try
        {
            TargetDirectory opened = target.Open(directory);
            try
            {
                bool isSymbolicLink = node.Type == FileType.SymbolicLink;
                if (isSymbolicLink)
                {
                    opened.CreateSymbolicLink(node.Name, node.LinkTarget);
                }
                else
                {
                    opened.MakeNode(node.Name, node.Type, node.DeviceNumber ?? default);
                }
                MetadataOutcome outcome = opened.SetMetadata(node.Name, isSymbolicLink, metadata.Of(directory, node));
                report.Metadata(directory, node.Name, outcome);
            }
            finally
            {
                target.Close(directory);
            }
            counters.CountOther();
            if (linked is not null)
            {
                links.Restored(linked, directory, node.Name);
            }
        }
        catch (FileSystemException exception)
        {
            TargetFailure.ThrowIfFinal(exception);
            if (exception.IsNotPermitted)
            {
                report.Repeated(directory, node.Name, $"{node.Type}", exception.Message);
            }
            else
            {
                report.Problem(directory.PathOf(node.Name), exception.Message);
            }
            if (linked is not null)
            {
                links.Failed(linked);
            }
        }
    }

    private async ValueTask PlanFileAsync(RestoreDirectory directory, Node node, LinkedFile? linked)
    {
        bool isOnePiece = node.Content.Count == 1 && node.Content[0].Id is not null;
        RestoreFile file = new(directory, node.Name, node.SizeInBytes, metadata.Of(directory, node), linked)
        {
            IsOnePiece = isOnePiece,
        };
        directory.Retain();
        if (isOnePiece)
        {
            await PlanPieceAsync(file, 0, node.Content[0]).ConfigureAwait(false);
            return;
        }
        long offset = 0;
        if (node.ContentList is null)
        {
            foreach (ContentPiece piece in node.Content)
            {
                await PlanPieceAsync(file, offset, piece).ConfigureAwait(false);
                offset += piece.SizeInBytes;
            }
        }
        else
        {
            await PlanListedAsync(file, node).ConfigureAwait(false);
        }
        file.EndPlanning();
        files.Release(file);
    }

    private async Task PlanListedAsync(RestoreFile file, Node node)
    {
        long offset = 0;
        try
        {
            await foreach (ContentPiece piece in trees.ReadPiecesAsync(node, cancellationToken).ConfigureAwait(false))
            {
                await PlanPieceAsync(file, offset, piece).ConfigureAwait(false);
                offset += piece.SizeInBytes;
            }
        }
        catch (Exception exception) when (exception is CorruptDataException or MissingObjectException or UnsupportedFormatException)
        {
            file.Fail($"the list of its content is damaged: {exception.Message}");
        }
        catch (BackendException exception)
        {
            await StoreFailure.ThrowIfGoneAsync(backend, exception, cancellationToken).ConfigureAwait(false);
            file.Fail($"the list of its content cannot be read: {exception.Message}");
        }
    }

    private ValueTask PlanPieceAsync(RestoreFile file, long offset, ContentPiece piece)
    {
        if (piece.Id is not { } id)
        {
            counters.CountRestored(piece.SizeInBytes); // A hole: the file has its size from the start.
            return ValueTask.CompletedTask;
        }
        if (!file.IsOnePiece)
        {
            file.AddPiece();
        }
        if (piece.SizeInBytes > FramePlaintext.BlobSizeInBytesMax)
        {
            files.FailPiece(file, $"Chunk {id.ToShortString()} is said to be longer than any is.");
            return ValueTask.CompletedTask;
        }
        if (damaged.FindCopy(id) is not { } copy)
        {
            files.FailPiece(file, damaged.Explain(id));
            return ValueTask.CompletedTask;
        }
        _pieces.Add(new PlannedPiece(new FilePiece(file, offset, (int)piece.SizeInBytes, id), copy.Frame, copy.Place));
        return _pieces.Count >= _piecesMax ? FlushAsync() : ValueTask.CompletedTask;
    }

    private async ValueTask FlushAsync()
    {
        if (_pieces.Count == 0)
        {
            return;
        }
        await _planSlots.WaitAsync(cancellationToken).ConfigureAwait(false);
        RestorePlan plan = RestorePlan.Of(_pieces, index, options.FetchSizeInBytesMax);
        _pieces.Clear();
        _piecesMax = Math.Min(2 * _piecesMax, options.PlannedPiecesMax);
        foreach (FrameFetch fetch in plan.Fetches)
        {
            await fetches.WriteAsync(fetch, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WaitForPlansAsync()
    {
        for (int i = 0; i < PlansMax; i++)
        {
            await _planSlots.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        _ = _planSlots.Release(PlansMax);
    }

    private async Task<bool> RetryLinksAsync()
    {
        bool any = false;
        while (links.TryTakeRetry(out LinkedName? name))
        {
            any = true;
            if (name!.IsAlone)
            {
                await RestoreAsync(name.Directory, name.Node, null).ConfigureAwait(false);
            }
            else
            {
                await RestoreAsync(name.Directory, name.Node).ConfigureAwait(false);
            }
            target.Release(name.Directory);
        }
        return any;
    }
}
