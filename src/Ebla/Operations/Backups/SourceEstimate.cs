using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Backups;

/// <summary>
/// Counts what a backup has before it, beside it, so that a person can be told how long it will take. Reads no file.
/// </summary>
/// <remarks>What cannot be read is passed over: the backup itself reports it. Memory: the names on the way down.</remarks>
public sealed class SourceEstimate
{
    private const int OpenDirectoriesMax = 64;

    private readonly ExcludedFolders _excluded;
    private readonly CancellationToken _cancellationToken;
    private long _files;
    private long _sizeInBytes;
    private volatile bool _isComplete;

    private SourceEstimate(BackupOptions options, CancellationToken cancellationToken)
    {
        _excluded = ExcludedFolders.Of(options.ExcludedFolders);
        _cancellationToken = cancellationToken;
        Completion = Task.Factory.StartNew(
            () => Count(options.Paths), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
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

    private void Count(IReadOnlyList<ByteName> paths)
    {
        foreach (ByteName path in RootPathTree.Of(paths.Select(LocalPath.MakeAbsolute)).SelectedPaths())
        {
            Attempt(() =>
            {
                FileMetadata metadata = SourceDirectory.StatRoot(path);
                if (metadata.Type is FileType.Directory or FileType.SymbolicLink)
                {
                    CountBelow(SourceDirectory.OpenRoot(path));
                }
                else
                {
                    CountFile(metadata);
                }
            });
        }
        _isComplete = !_cancellationToken.IsCancellationRequested;
    }

    // Its own stack, not the thread's: directories can be deeper than that.
    private void CountBelow(SourceDirectory root)
    {
        using SourceTree tree = new(OpenDirectoriesMax);
        Stack<(SourcePlace Place, List<ByteName> Folders)> way = [];
        int foldersLeft = 0;
        Enter(null, root);
        while (!_cancellationToken.IsCancellationRequested && way.TryPeek(out (SourcePlace Place, List<ByteName> Folders) top))
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
            Attempt(() => Enter(top.Place, tree.Open(top.Place).OpenDirectory(name)));
        }

        void Enter(SourcePlace? parent, SourceDirectory directory)
        {
            SourcePlace place = tree.Enter(parent, directory, directory.Stat());
            List<ByteName> folders = [];
            way.Push((place, folders));
            Attempt(() => CountEntries(directory, folders));
            foldersLeft += folders.Count;
        }
    }

    private void CountEntries(SourceDirectory directory, List<ByteName> folders)
    {
        DirectoryListing names = directory.ReadNames();
        for (int i = 0; i < names.Count && !_cancellationToken.IsCancellationRequested; i++)
        {
            int index = i;
            Attempt(() =>
            {
                FileMetadata metadata = directory.Stat(names[index]);
                if (metadata.Type == FileType.Regular)
                {
                    CountFile(metadata);
                }
                else if (metadata.Type == FileType.Directory && !_excluded.Contains(metadata))
                {
                    folders.Add(new ByteName(names[index]));
                }
            });
        }
    }

    private void CountFile(in FileMetadata metadata)
    {
        _ = Interlocked.Increment(ref _files);
        _ = Interlocked.Add(ref _sizeInBytes, metadata.SizeInBytes);
    }

    private static void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (FileSystemException)
        {
            // The backup meets it too, and reports it.
        }
    }
}
