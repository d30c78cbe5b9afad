using Ebla.FileSystems;
using Ebla.Operations.Backups.Previous;
using Ebla.Operations.Backups.Selection;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Planning;

/// <summary>Walks what a backup would walk, in the same order, and tells what it would do. Reads no file but ignore files and cache tags.</summary>
internal sealed class PlanningWalk(
    SourceSelection selection, PreviousTrees? previous, BackupLog log, CancellationToken cancellationToken) : IDisposable
{
    private const int OpenDirectoriesMax = 512;

    private readonly SourceTree _tree = new(OpenDirectoriesMax);
    private readonly EntryChooser _chooser = new(selection, log);
    private readonly Stack<Level> _way = [];

    /// <summary>Begins with a path that was named.</summary>
    /// <returns>What is to be told about it.</returns>
    public PlannedEntry? Begin(RootPathTree path, IReadOnlyList<TreeEntry> before)
    {
        try
        {
            if (path.TryOpen() is not { } directory)
            {
                return Plan(path.Path, SourceDirectory.StatRoot(path.Path), before, SelectionVerdict.Taken);
            }
            FileMetadata metadata = directory.Stat();
            Enter(null, path.Path, directory, metadata, before);
            return Plan(path.Path, metadata, before, SelectionVerdict.Taken);
        }
        catch (FileSystemException exception)
        {
            log.Failure(path.Path, exception);
            return null;
        }
    }

    /// <summary>The next entry below it; null when there are no more.</summary>
    public async ValueTask<PlannedEntry?> NextAsync()
    {
        while (_way.TryPeek(out Level? level))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (level.Next == level.Names.Count)
            {
                _ = _way.Pop();
                _tree.Leave(level.Place, returns: true);
                await level.Previous.DisposeAsync().ConfigureAwait(false);
                continue;
            }
            ByteName name = new(level.Names[level.Next++]);
            IReadOnlyList<TreeEntry> before = await level.Previous.FindAsync(name).ConfigureAwait(false);
            try
            {
                return Visit(level, _tree.Open(level.Place), name, before);
            }
            catch (FileSystemException exception)
            {
                log.Failure(level.Place.Path.Join(name), exception);
            }
        }
        return null;
    }

    public void Dispose() => _tree.Dispose();

    private PlannedEntry Visit(Level level, SourceDirectory directory, ByteName name, IReadOnlyList<TreeEntry> before)
    {
        FileMetadata metadata = directory.Stat(name.Span);
        SelectionVerdict verdict = level.Scope.Decide(name.Span, metadata);
        ByteName path = directory.Path.Join(name);
        PlannedEntry planned = Plan(path, metadata, before, verdict);
        if (metadata.Type == FileType.Directory && !verdict.IsEmptied)
        {
            try
            {
                SourceDirectory below = directory.OpenDirectory(name);
                Enter(level, name, below, metadata, before);
            }
            catch (FileSystemException exception)
            {
                log.Failure(path, exception);
            }
        }
        return planned;
    }

    private void Enter(
        Level? above, ByteName name, SourceDirectory directory, in FileMetadata metadata, IReadOnlyList<TreeEntry> before)
    {
        SourcePlace place = _tree.Enter(above?.Place, directory, metadata);
        try
        {
            DirectoryListing names = directory.ReadNames();
            SelectionScope scope = _chooser.Enter(above?.Scope, name, directory, metadata, names);
            bool isRoot = above is null && name.Length == 1;
            PreviousDirectories then = previous is null ? PreviousDirectories.None
                : isRoot ? previous.OpenRoots()
                : previous.Open(before);
            _way.Push(new Level(place, names, scope, then));
        }
        catch
        {
            _tree.Leave(place, returns: true);
            throw;
        }
    }

    private PlannedEntry Plan(
        ByteName path, in FileMetadata metadata, IReadOnlyList<TreeEntry> before, SelectionVerdict verdict)
    {
        long size = metadata.Type == FileType.Regular ? metadata.SizeInBytes : 0;
        if (!verdict.IsTaken)
        {
            log.Counters.CountExcluded();
            return new PlannedEntry(path, metadata.Type, size, PlannedAction.LeftOut) { Cause = verdict.Cause, Rule = verdict.Rule };
        }
        FileChange change = FileChange.New;
        foreach (TreeEntry entry in before)
        {
            FileChange one = Compare(metadata, entry.Node);
            change = one > change ? one : change;
        }
        switch (metadata.Type)
        {
            case FileType.Regular:
                log.Counters.CountFile(change);
                log.Counters.CountProcessed(size);
                break;
            case FileType.Directory:
                log.Counters.CountDirectory();
                break;
            default:
                log.Counters.CountOther();
                break;
        }
        PlannedAction action = change switch
        {
            _ when verdict.IsEmptied => PlannedAction.Emptied,
            FileChange.New => PlannedAction.New,
            FileChange.Changed => PlannedAction.Changed,
            _ => PlannedAction.Unmodified,
        };
        return new PlannedEntry(path, metadata.Type, size, action) { Cause = verdict.Cause };
    }

    private static FileChange Compare(in FileMetadata now, Node before)
    {
        if (before.Type != now.Type)
        {
            return FileChange.New;
        }
        if (now.Type == FileType.Regular)
        {
            return FileChanges.Decide(now, before);
        }
        bool isSame = before.ModifiedTime == now.ModifiedTime && before.ChangedTime == now.ChangedTime && before.Mode == now.Mode
            && before.UserId == now.UserId && before.GroupId == now.GroupId;
        return isSame ? FileChange.Unmodified : FileChange.Changed;
    }

    private sealed record Level(SourcePlace Place, DirectoryListing Names, SelectionScope Scope, PreviousDirectories Previous)
    {
        public int Next { get; set; }
    }
}
