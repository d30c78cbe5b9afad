using Ebla.FileSystems;
using Ebla.Operations.Restores.Writing;
using Ebla.Primitives;

namespace Ebla.Operations.Restores.Walking;

/// <summary>
/// Removes from the target what the snapshot does not have. Never follows a link, never enters what is mounted, never touches what is
/// to be kept, and takes only what the selection selects. For the walk alone.
/// </summary>
/// <remarks>One open directory at a time, however deep: back up it goes by "..", and looks whether that is the one it came from.</remarks>
internal sealed class TreeRemoval(
    RestoreSelection selection, RestorePath path, KeptEntries kept, RestoreOptions options, RestoreReport report, RestoreCounters counters,
    CancellationToken cancellationToken)
{
    /// <summary>Removes an entry and all below it.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="opened">The same, open.</param>
    /// <param name="pathLength">The length of the directory's path.</param>
    /// <param name="above">What the selection says of the directory.</param>
    /// <param name="name">The entry.</param>
    /// <returns>Whether it is gone, or would be.</returns>
    public bool TryRemove(
        RestoreDirectory directory, TargetDirectory opened, int pathLength, RestoreSelection.Scope above, ByteName name)
    {
        try
        {
            return opened.Find(name) is not { } metadata || TryRemove(directory, opened, pathLength, above, name, metadata);
        }
        catch (FileSystemException exception)
        {
            report.Problem(directory.PathOf(name), $"not removed: {exception.Message}");
            return false;
        }
    }

    private bool TryRemove(
        RestoreDirectory directory, TargetDirectory opened, int pathLength, RestoreSelection.Scope above, ByteName name,
        in FileMetadata metadata)
    {
        int length = path.Write(pathLength, name.Span);
        bool isDirectory = metadata.Type == FileType.Directory;
        if (kept.Contains(metadata))
        {
            report.Notice(directory.PathOf(name), "not removed: it belongs to ebla");
            return false;
        }
        RestoreSelection.Scope scope = above;
        if (!selection.IsEverything)
        {
            if (selection.Decide(above, path.Of(length), length - name.Length, isDirectory) is not { } decided)
            {
                return false;
            }
            scope = decided;
        }
        if (!isDirectory)
        {
            if (scope.IsSelected)
            {
                RemoveEntry(opened, length, name);
            }
            return scope.IsSelected;
        }
        if (metadata.IsMountPoint || metadata.Device != opened.Stat().Device)
        {
            report.Notice(directory.PathOf(name), "not removed, nor anything in it: something is mounted there");
            return false;
        }
        return RemoveTree(directory, opened, name, metadata, scope, length);
    }

    private bool RemoveTree(
        RestoreDirectory directory, TargetDirectory opened, ByteName name, in FileMetadata metadata, RestoreSelection.Scope scope, int length)
    {
        Stack<Level> way = [];
        TargetDirectory? at = null;
        try
        {
            at = Enter(opened, name);
            way.Push(new Level(name, metadata, scope, length, at));
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Level level = way.Peek();
                if (level.Next < level.Names.Count)
                {
                    ByteName child = new(level.Names[level.Next++]);
                    if (Descend(directory, at, level, child) is { } below)
                    {
                        at.Dispose();
                        (at, Level entered) = below;
                        way.Push(entered);
                    }
                    continue;
                }
                _ = way.Pop();
                bool isRemoved = !level.HasRest && level.Scope.IsSelected;
                if (way.TryPeek(out Level? above))
                {
                    TargetDirectory parent = at.TryOpenParent(above.Metadata, level.Name)
                        ?? throw FileSystemException.Refused("remove", at.Path, "it was moved meanwhile");
                    at.Dispose();
                    at = parent;
                    above.HasRest |= !isRemoved;
                }
                if (isRemoved)
                {
                    RemoveDirectory(way.Count > 0 ? at : opened, level.PathLength, level.Name);
                }
                if (way.Count == 0)
                {
                    return isRemoved;
                }
            }
        }
        finally
        {
            at?.Dispose();
        }
    }

    // The entry is removed, or is a directory that must be emptied first, or stays.
    private (TargetDirectory Opened, Level Level)? Descend(RestoreDirectory directory, TargetDirectory at, Level level, ByteName child)
    {
        try
        {
            if (at.Find(child) is not { } metadata)
            {
                return null;
            }
            int length = path.Write(level.PathLength, child.Span);
            bool isDirectory = metadata.Type == FileType.Directory;
            RestoreSelection.Scope? scope = selection.IsEverything
                ? level.Scope
                : selection.Decide(level.Scope, path.Of(length), length - child.Length, isDirectory);
            if (scope is null || kept.Contains(metadata))
            {
                level.HasRest = true;
            }
            else if (!isDirectory && scope.Value.IsSelected)
            {
                RemoveEntry(at, length, child);
            }
            else if (isDirectory && !metadata.IsMountPoint && metadata.Device == level.Metadata.Device)
            {
                TargetDirectory opened = Enter(at, child);
                return (opened, new Level(child, metadata, scope.Value, length, opened));
            }
            else
            {
                level.HasRest = true;
                report.Notice(PathAt(length), "not removed, nor anything in it: something is mounted there");
            }
        }
        catch (FileSystemException exception)
        {
            level.HasRest = true;
            report.Problem(directory.PathInSnapshot, $"not removed: {exception.Message}");
        }
        return null;
    }

    private static TargetDirectory Enter(TargetDirectory directory, ByteName name) => directory.TryOpenDirectory(name)
        ?? throw FileSystemException.Refused("open", directory.Path.Join(name), "it may not be read, or is no directory any more");

    private void RemoveEntry(TargetDirectory at, int pathLength, ByteName name)
    {
        if (options.DryRun)
        {
            report.Planned(PathAt(pathLength), RestoreAction.Delete);
        }
        else
        {
            at.RemoveEntry(name);
        }
        counters.CountDeleted();
    }

    private void RemoveDirectory(TargetDirectory at, int pathLength, ByteName name)
    {
        if (options.DryRun)
        {
            report.Planned(PathAt(pathLength), RestoreAction.Delete);
        }
        else
        {
            at.RemoveDirectory(name);
        }
        counters.CountDeleted();
    }

    private ByteName PathAt(int length) => new([(byte)'/', .. path.Of(length)]);

    private sealed class Level(
        ByteName name, FileMetadata metadata, RestoreSelection.Scope scope, int pathLength, TargetDirectory opened)
    {
        public ByteName Name => name;

        public FileMetadata Metadata => metadata;

        public RestoreSelection.Scope Scope => scope;

        public int PathLength => pathLength;

        public DirectoryListing Names { get; } = Listing(opened);

        public int Next { get; set; }

        public bool HasRest { get; set; }

        private static DirectoryListing Listing(TargetDirectory directory)
        {
            using SourceDirectory source = directory.OpenForReading();
            return source.ReadNames();
        }
    }
}
