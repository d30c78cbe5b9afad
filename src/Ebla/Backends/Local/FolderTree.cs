using Ebla.Primitives;

namespace Ebla.Backends.Local;

/// <summary>The folders of a repository: creates them on demand and knows which of them a flush has to sync.</summary>
internal sealed class FolderTree(string root) : IDisposable
{
    // Chosen: enough for a journal to join their commits, few enough not to crowd a disk.
    private const int SyncsAtOnceMax = 4;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _ensured = [];
    private readonly HashSet<string> _unsynced = [];
    private readonly SemaphoreSlim _syncing = new(1);
    private BackendException? _failure;

    public string PathOf(string relativePath) => $"{root}/{relativePath}";

    /// <summary>Creates a folder of the repository, with its parents, unless this instance did before.</summary>
    public void Ensure(string relativePath) => EnsureFullPath(relativePath.Length == 0 ? root : PathOf(relativePath));

    /// <summary>Notes that names came or went in a folder, or that what it showed is relied on.</summary>
    public void MarkUnsynced(string relativePath)
    {
        lock (_lock)
        {
            _unsynced.Add(PathOf(relativePath));
        }
    }

    /// <summary>Makes durable the names in all folders noted before the call. Fails for good once it has failed.</summary>
    public async Task SyncAsync()
    {
        // One at a time: a folder that another call took from the set counts only when that call is done with it.
        await _syncing.WaitAsync().ConfigureAwait(false);
        try
        {
            string[] folders;
            lock (_lock)
            {
                if (_failure is { } failure)
                {
                    throw new BackendException(failure.Message, failure.IsTransient, failure);
                }
                folders = [.. _unsynced];
                _unsynced.Clear();
            }
            await Parallel.ForEachAsync(
                folders,
                new ParallelOptions { MaxDegreeOfParallelism = SyncsAtOnceMax },
                static (folder, _) =>
                {
                    SyncOne(folder);
                    return ValueTask.CompletedTask;
                }).ConfigureAwait(false);
        }
        catch (BackendException exception)
        {
            lock (_lock)
            {
                _failure ??= exception;
            }
            throw;
        }
        finally
        {
            _syncing.Release();
        }
    }

    public void Dispose() => _syncing.Dispose();

    private static void SyncOne(string folder)
    {
        if (!PosixFile.SyncFolder(folder))
        {
            throw new BackendException($"{folder}: the folder is gone. Is the disk still mounted?", isTransient: false);
        }
    }

    private void EnsureFullPath(string folder)
    {
        lock (_lock)
        {
            if (_ensured.Contains(folder))
            {
                return;
            }
        }
        bool isInside = folder.Length > root.Length;
        string? parent = Path.GetDirectoryName(folder);
        if (isInside)
        {
            EnsureFullPath(parent!);
        }
        FolderOutcome outcome = PosixFile.CreateFolder(folder);
        if (outcome == FolderOutcome.NoParent && !isInside && parent is not null)
        {
            EnsureFullPath(parent);
            outcome = PosixFile.CreateFolder(folder);
        }
        if (outcome == FolderOutcome.NoParent)
        {
            throw PosixError.From(PosixError.NoEntry, "cannot create the folder", folder);
        }
        lock (_lock)
        {
            // Inside the repository the parent is synced even if the folder was there: whoever made it may not have come to that yet.
            // What lies above the repository was not ours, unless we made it.
            if (parent is not null && (outcome == FolderOutcome.Created || isInside))
            {
                _unsynced.Add(parent);
            }
            _ensured.Add(folder);
        }
    }
}
