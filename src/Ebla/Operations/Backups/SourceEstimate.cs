using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Backups;

/// <summary>
/// Counts what a backup has before it, beside it, so that a person can be told how long it will take. Reads no file.
/// </summary>
/// <remarks>What cannot be read is passed over: the backup itself reports it. Memory: the names on the way down.</remarks>
public sealed class SourceEstimate
{
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
                    using SourceDirectory directory = SourceDirectory.OpenRoot(path);
                    CountBelow(directory);
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
        Stack<(SourceDirectory Directory, List<ByteName> Folders)> open = [];
        try
        {
            SourceDirectory? next = root;
            while (next is not null && !_cancellationToken.IsCancellationRequested)
            {
                SourceDirectory here = next;
                List<ByteName> folders = [];
                open.Push((here, folders));
                Attempt(() => CountEntries(here, folders));
                next = OpenNext(open);
            }
        }
        finally
        {
            foreach ((SourceDirectory directory, _) in open)
            {
                directory.Dispose();
            }
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

    private static SourceDirectory? OpenNext(Stack<(SourceDirectory Directory, List<ByteName> Folders)> open)
    {
        while (open.TryPeek(out (SourceDirectory Directory, List<ByteName> Folders) top))
        {
            SourceDirectory? next = null;
            while (next is null && top.Folders.Count > 0)
            {
                ByteName name = top.Folders[^1];
                top.Folders.RemoveAt(top.Folders.Count - 1);
                Attempt(() => next = top.Directory.OpenDirectory(name));
            }
            if (next is not null)
            {
                return next;
            }
            open.Pop().Directory.Dispose();
        }
        return null;
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
