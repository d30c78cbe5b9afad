using Ebla.FileSystems;
using Ebla.Operations.Restores.Writing;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Restores.Walking;

/// <summary>Walks the tree: makes directories as it goes, and hands on what is in them.</summary>
/// <remarks>Memory: one tree blob for each level of the way down, and its names in the target where some are to be removed.</remarks>
internal sealed class TreeRestorer(
    RestoreRun run, EntryRestorer entries, RestoreSelection selection, RestorePath path, TreeRemoval removal,
    IReadOnlyList<ByteName> backedUp)
{
    private readonly RestoreOptions _options = run.Options;

    /// <summary>Restores a directory's entries, and all below.</summary>
    public async Task RestoreTreeAsync(RestoreDirectory root, BlobId tree)
    {
        Stack<Level> way = [];
        root.Retain();
        int rootLength = root.PathInSnapshot.Length - 1;
        _ = path.Write(0, root.PathInSnapshot.Span[1..]);
        way.Push(Enter(root, tree, rootLength, selection.Root, IsBackedUpAt(rootLength)));
        try
        {
            while (way.TryPeek(out Level? at))
            {
                run.CancellationToken.ThrowIfCancellationRequested();
                bool? hasNext = await TryMoveNextAsync(at).ConfigureAwait(false);
                if (hasNext != true)
                {
                    _ = way.Pop();
                    await at.Entries.DisposeAsync().ConfigureAwait(false);
                    if (hasNext == false)
                    {
                        RemoveExtra(at);
                    }
                    run.Target.Release(at.Directory);
                    continue;
                }
                Node node = at.Entries.Current.Node;
                at.Extra?.Pass(node.Name);
                if (await RestoreAsync(at, node).ConfigureAwait(false) is { } child)
                {
                    way.Push(child);
                }
            }
        }
        finally
        {
            foreach (Level level in way)
            {
                await level.Entries.DisposeAsync().ConfigureAwait(false);
            }
        }
        await entries.EndAsync(root).ConfigureAwait(false);
    }

    /// <summary>Restores one entry that is no directory.</summary>
    public async Task RestoreEntryAsync(RestoreDirectory root, Node node)
    {
        await entries.RestoreAsync(root, node, RemoveNothing).ConfigureAwait(false);
        await entries.EndAsync(root).ConfigureAwait(false);

        static bool RemoveNothing() => false;
    }

    private async ValueTask<Level?> RestoreAsync(Level at, Node node)
    {
        int length = path.Write(at.PathLength, node.Name.Span);
        bool isDirectory = node is { Type: FileType.Directory, Subtree: not null };
        RestoreSelection.Scope scope = at.Scope;
        if (!selection.IsEverything)
        {
            if (selection.Decide(at.Scope, path.Of(length), length - node.Name.Length, isDirectory) is not { } decided)
            {
                return null;
            }
            scope = decided;
        }
        if (!isDirectory)
        {
            await entries.RestoreAsync(at.Directory, node, () => TryClear(at, node.Name)).ConfigureAwait(false);
            return null;
        }
        if (TryMakeDirectory(at, node, scope) is not { } directory)
        {
            return null;
        }
        // What a backup could not read whole is no reason to remove anything.
        bool isWhole = !node.Remarks.HasFlag(NodeRemarks.Incomplete);
        return Enter(directory, node.Subtree!.Value, length, scope, (at.IsBackedUp || IsBackedUpAt(length)) && isWhole);
    }

    private Level Enter(RestoreDirectory directory, BlobId tree, int pathLength, RestoreSelection.Scope scope, bool isBackedUp)
    {
        ExtraEntries? extra = null;
        if (_options.Delete && isBackedUp && !directory.IsNew)
        {
            try
            {
                if (run.Target.TryOpen(directory) is { } opened)
                {
                    extra = new ExtraEntries(opened, run.Target.TemporaryNameOf);
                    run.Target.Close(directory);
                }
            }
            catch (FileSystemException exception)
            {
                run.Report.Problem(directory.PathInSnapshot, $"nothing is removed from this directory: {exception.Message}");
            }
        }
        IAsyncEnumerator<TreeEntry> nodes = run.Trees.ReadNodesAsync(tree, run.CancellationToken).GetAsyncEnumerator(run.CancellationToken);
        return new Level(directory, nodes, pathLength, scope, isBackedUp, extra);
    }

    // Null: the list is damaged.
    private async ValueTask<bool?> TryMoveNextAsync(Level level)
    {
        try
        {
            return await level.Entries.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CorruptDataException or MissingObjectException or UnsupportedFormatException)
        {
            run.Report.Problem(
                level.Directory.PathInSnapshot, $"not all restored: the list of this directory is damaged: {exception.Message}");
        }
        catch (BackendException exception)
        {
            await StoreFailure.ThrowIfGoneAsync(run.Backend, exception, run.CancellationToken).ConfigureAwait(false);
            run.Report.Problem(
                level.Directory.PathInSnapshot, $"not all restored: the list of this directory cannot be read: {exception.Message}");
        }
        return null;
    }

    private RestoreDirectory? TryMakeDirectory(Level at, Node node, RestoreSelection.Scope scope)
    {
        RestoreDirectory parent = at.Directory;
        RestoreDirectory directory = new(parent, node.Name, run.Metadata.Of(parent, node)) { IsOnTheWay = !scope.IsSelected };
        try
        {
            FileMetadata? existing = run.Target.Find(parent, node.Name);
            if (existing is { Type: not FileType.Directory } && _options.Overwrite == OverwriteRule.Never)
            {
                run.Leave(parent, node.Name);
                run.Report.Problem(parent.PathOf(node.Name), "not restored, nor anything in it: something that is no directory has its name");
                return null;
            }
            directory.IsNew = existing is not { Type: FileType.Directory };
            if (scope.IsSelected)
            {
                if (_options.DryRun)
                {
                    run.Counters.CountDirectory();
                    run.Tell(parent, node.Name, existing is null ? RestoreAction.Make : directory.IsNew ? RestoreAction.Replace : RestoreAction.Keep);
                }
                else
                {
                    _ = run.Target.Open(directory);
                    run.Target.Close(directory);
                }
            }
            parent.Retain();
            return directory;
        }
        catch (FileSystemException exception)
        {
            TargetFailure.ThrowIfFinal(exception);
            run.Report.Problem(parent.PathOf(node.Name), $"not restored, nor anything in it: {exception.Message}");
            return null;
        }
    }

    // A directory has the name of something else.
    private bool TryClear(Level at, ByteName name)
    {
        if (!_options.Delete || !at.IsBackedUp || run.Target.TryOpen(at.Directory) is not { } opened)
        {
            return false;
        }
        try
        {
            return removal.TryRemove(at.Directory, opened, at.PathLength, at.Scope, name);
        }
        finally
        {
            run.Target.Close(at.Directory);
        }
    }

    private void RemoveExtra(Level at)
    {
        if (at.Extra is null || run.Target.TryOpen(at.Directory) is not { } opened)
        {
            return;
        }
        try
        {
            foreach (ByteName name in at.Extra.End())
            {
                _ = removal.TryRemove(at.Directory, opened, at.PathLength, at.Scope, name);
            }
        }
        finally
        {
            run.Target.Close(at.Directory);
        }
    }

    // Above the paths of a backup, the snapshot has only what leads to them: what else is there, it does not know.
    private bool IsBackedUpAt(int pathLength)
    {
        ReadOnlySpan<byte> at = path.Of(pathLength);
        foreach (ByteName backed in backedUp)
        {
            ReadOnlySpan<byte> top = backed.Span.TrimStart((byte)'/');
            if (top.IsEmpty || (at.StartsWith(top) && (at.Length == top.Length || at[top.Length] == (byte)'/')))
            {
                return true;
            }
        }
        return false;
    }

    private sealed record Level(
        RestoreDirectory Directory, IAsyncEnumerator<TreeEntry> Entries, int PathLength, RestoreSelection.Scope Scope, bool IsBackedUp,
        ExtraEntries? Extra);
}
