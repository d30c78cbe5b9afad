using Ebla.FileSystems;
using Ebla.Operations.Backups.Selection;
using Ebla.Primitives;

namespace Ebla.Operations.Backups.Scanning;

/// <summary>
/// Counts what a backup has before it, beside it, so that a person can be told how long it will take. Reads no file.
/// </summary>
/// <remarks>What cannot be read is passed over: the backup itself reports it. Memory: the names on the way down.</remarks>
public sealed class SourceEstimate
{
    private const int OpenDirectoriesMax = 64;

    // The backup itself tells.
    private readonly BackupLog _nobody = new(observer: null);
    private readonly CancellationToken _cancellationToken;
    private long _files;
    private long _sizeInBytes;
    private volatile bool _isComplete;

    private SourceEstimate(BackupOptions options, CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        Completion = Task.Factory.StartNew(
            () => Count(options), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Whether everything has been counted.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>Files counted so far.</summary>
    public long Files => Interlocked.Read(ref _files);

    /// <summary>Their length together.</summary>
    public long SizeInBytes => Interlocked.Read(ref _sizeInBytes);

    /// <summary>Ends when everything is counted, or soon after it was cancelled; never fails by cancellation.</summary>
    public Task Completion { get; }

    /// <summary>Begins to count.</summary>
    public static SourceEstimate Start(BackupOptions options, CancellationToken cancellationToken)
        => new(options, cancellationToken);

    private void Count(BackupOptions options)
    {
        NamedPaths? named = null;
        Attempt(() => named = NamedPaths.Find(options, _nobody));
        foreach (RootPathTree path in named?.Tree.Selected() ?? [])
        {
            Attempt(() =>
            {
                if (path.TryOpen() is { } directory)
                {
                    CountBelow(named!.Selection, path.Path, directory);
                }
                else if (SourceDirectory.StatRoot(path.Path) is { Type: FileType.Regular } file)
                {
                    CountFile(file);
                }
            });
        }
        _isComplete = !_cancellationToken.IsCancellationRequested;
    }

    // Its own stack, not the thread's: directories can be deeper than that.
    private void CountBelow(SourceSelection selection, ByteName path, SourceDirectory root)
    {
        using SourceTree tree = new(OpenDirectoriesMax);
        Stack<Level> way = [];
        int foldersLeft = 0;
        Enter(null, path, root);
        while (!_cancellationToken.IsCancellationRequested && way.TryPeek(out Level? top))
        {
            if (top.Folders.Count == 0)
            {
                _ = way.Pop();
                tree.Leave(top.Place, returns: foldersLeft > 0);
                continue;
            }
            ByteName name = top.Folders[^1];
            top.Folders.RemoveAt(top.Folders.Count - 1);
            foldersLeft--;
            Attempt(() => Enter(top, name, tree.Open(top.Place).OpenDirectory(name)));
        }

        void Enter(Level? parent, ByteName name, SourceDirectory directory)
        {
            FileMetadata metadata = directory.Stat();
            SourcePlace place = tree.Enter(parent?.Place, directory, metadata);
            List<ByteName> folders = [];
            SelectionScope? scope = null;
            Attempt(() =>
            {
                DirectoryListing names = directory.ReadNames();
                var marks = DirectoryMarks.Read(directory, names, selection.Options, _nobody);
                scope = parent?.Scope!.Enter(name.Span, metadata, marks) ?? selection.EnterNamed(name, metadata, marks);
                CountEntries(directory, names, scope, folders);
            });
            way.Push(new Level(place, scope, folders));
            foldersLeft += folders.Count;
        }
    }

    private void CountEntries(SourceDirectory directory, DirectoryListing names, SelectionScope scope, List<ByteName> folders)
    {
        for (int i = 0; i < names.Count && !_cancellationToken.IsCancellationRequested; i++)
        {
            int index = i;
            Attempt(() =>
            {
                FileMetadata metadata = directory.Stat(names[index]);
                SelectionVerdict verdict = scope.Decide(names[index], metadata);
                if (verdict.IsTaken && metadata.Type == FileType.Regular)
                {
                    CountFile(metadata);
                }
                else if (!verdict.IsEmptied && metadata.Type == FileType.Directory)
                {
                    folders.Add(new ByteName(names[index]));
                }
            });
        }
    }

    private void CountFile(in FileMetadata metadata)
    {
        _ = Interlocked.Increment(ref _files);
        SizeSum.Count(ref _sizeInBytes, metadata.SizeInBytes);
    }

    private static void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is FileSystemException or SourceException)
        {
            // The backup meets it too, and reports it.
        }
    }

    private sealed record Level(SourcePlace Place, SelectionScope? Scope, List<ByteName> Folders);
}
