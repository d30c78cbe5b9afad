using Ebla.FileSystems;
using Ebla.Operations.Restores.Walking;
using Ebla.Operations.Restores.Writing;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Restores;

/// <summary>Reads back what was restored, from the disk, and compares it with the snapshot: kinds, sizes, contents, targets of links.</summary>
/// <remarks>Files that could not be restored differ as well, and are reported once more.</remarks>
internal sealed class RestoreVerification(RestoreRun run, RestoreSelection selection, RestorePath path)
{
    /// <summary>Verifies all that the selection selects.</summary>
    public async Task RunAsync(RestoreDirectory root, SnapshotPlace place)
    {
        root.IsNew = false; // By now there is something in it.
        if (place.Tree is not { } top)
        {
            await VerifyAsync(root, place.Node!).ConfigureAwait(false);
            return;
        }
        Stack<(RestoreDirectory Directory, IAsyncEnumerator<TreeEntry> Nodes, int PathLength, RestoreSelection.Scope Scope)> way = [];
        int rootLength = path.Write(0, root.PathInSnapshot.Span[1..]);
        way.Push((root, Read(top), rootLength, selection.Root));
        try
        {
            while (way.TryPeek(
                out (RestoreDirectory Directory, IAsyncEnumerator<TreeEntry> Nodes, int PathLength, RestoreSelection.Scope Scope) at))
            {
                run.CancellationToken.ThrowIfCancellationRequested();
                if (!await TryMoveNextAsync(at.Nodes).ConfigureAwait(false))
                {
                    _ = way.Pop();
                    await at.Nodes.DisposeAsync().ConfigureAwait(false);
                    continue;
                }
                Node node = at.Nodes.Current.Node;
                int length = path.Write(at.PathLength, node.Name.Span);
                bool isDirectory = node is { Type: FileType.Directory, Subtree: not null };
                RestoreSelection.Scope? scope = selection.IsEverything
                    ? at.Scope
                    : selection.Decide(at.Scope, path.Of(length), length - node.Name.Length, isDirectory);
                if (scope is not null && isDirectory)
                {
                    way.Push((new RestoreDirectory(at.Directory, node.Name, null), Read(node.Subtree!.Value), length, scope.Value));
                }
                else if (scope is not null)
                {
                    await VerifyAsync(at.Directory, node).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            foreach ((_, IAsyncEnumerator<TreeEntry> nodes, _, _) in way)
            {
                await nodes.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private IAsyncEnumerator<TreeEntry> Read(BlobId tree)
        => run.Trees.ReadNodesAsync(tree, run.CancellationToken).GetAsyncEnumerator(run.CancellationToken);

    // A list that cannot be read was reported when it was to be restored.
    private static async ValueTask<bool> TryMoveNextAsync(IAsyncEnumerator<TreeEntry> nodes)
    {
        try
        {
            return await nodes.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CorruptDataException or MissingObjectException or UnsupportedFormatException)
        {
            return false;
        }
    }

    private async Task VerifyAsync(RestoreDirectory directory, Node node)
    {
        string? difference;
        try
        {
            difference = run.Target.TryOpen(directory) is { } opened
                ? await CompareAndCloseAsync(directory, opened, node).ConfigureAwait(false)
                : "its directory is not there";
        }
        catch (FileSystemException exception)
        {
            difference = exception.Message;
        }
        catch (Exception exception) when (exception is CorruptDataException or MissingObjectException)
        {
            difference = exception.Message;
        }
        if (difference is not null)
        {
            run.Report.Problem(directory.PathOf(node.Name), $"not as in the snapshot when it was read back: {difference}");
        }
    }

    private async Task<string?> CompareAndCloseAsync(RestoreDirectory directory, TargetDirectory opened, Node node)
    {
        try
        {
            if (opened.Find(node.Name) is not { } there)
            {
                return "it is not there";
            }
            if (there.Type != node.Type)
            {
                return "it is something else";
            }
            if (node.Type == FileType.SymbolicLink)
            {
                return opened.TryReadLink(node.Name) == node.LinkTarget ? null : "it points elsewhere";
            }
            return node.Type == FileType.Regular ? await CompareAsync(opened, node).ConfigureAwait(false) : null;
        }
        finally
        {
            run.Target.Close(directory);
        }
    }

    private async Task<string?> CompareAsync(TargetDirectory opened, Node node)
    {
        using ExistingFile? file = opened.TryOpenFile(node.Name);
        if (file is null)
        {
            return "it cannot be opened";
        }
        if (file.Metadata.SizeInBytes != node.SizeInBytes)
        {
            return $"it has {file.Metadata.SizeInBytes} bytes, not {node.SizeInBytes}";
        }
        file.DropFromMemory();
        long offset = 0;
        await foreach (ContentPiece piece in run.Trees.ReadPiecesAsync(node, run.CancellationToken).ConfigureAwait(false))
        {
            if (!IsRight(file, offset, piece))
            {
                return $"bytes {offset} to {offset + piece.SizeInBytes} differ";
            }
            offset += piece.SizeInBytes;
        }
        return null;
    }

    private bool IsRight(ExistingFile file, long offset, ContentPiece piece)
    {
        if (piece.Id is null)
        {
            return file.IsZero(offset, piece.SizeInBytes);
        }
        if (piece.SizeInBytes > FramePlaintext.BlobSizeInBytesMax)
        {
            return false;
        }
        using RentedBuffer buffer = new((int)piece.SizeInBytes);
        return file.ReadAt(offset, buffer.Span) == buffer.Length
            && FrameOpener.IdOf(run.Keys, FrameKind.File, buffer.Span) == piece.Id;
    }
}
