using System.Buffers;
using Ebla.Primitives;

namespace Ebla.Backends.Local;

/// <summary>The writing half of <see cref="LocalBackend"/>: puts, deletions and their group commit.</summary>
/// <remarks>
/// A put writes a temporary file. A flush syncs the temporary files, then renames them into place, then syncs the folders, so that a name
/// never stands for bytes that are not on disk, and many objects share few waits. Flushes run one at a time; those asked for while one
/// runs are answered together by the next.
/// </remarks>
internal sealed class LocalWriter(string root, FolderTree folders) : IAsyncDisposable
{
    // Each pending object holds an open file, and 1,024 is a usual limit on those. At this many a put flushes by itself.
    private const int PendingCountMax = 256;

    private const int SyncsAtOnceMax = 4;

    private readonly Lock _lock = new();
    private readonly Lock _tempLock = new();
    private readonly Dictionary<ObjectName, PendingObject> _pending = [];
    private Task _lastFlush = Task.CompletedTask;
    private Task? _queuedFlush;
    private TempFolder? _tempFolder;
    private Exception? _failure;
    private bool _isDisposed;

    public async Task PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        if (IsThere(name, content.Length))
        {
            return;
        }
        string tempPath = ProvideTempFolder().NewFilePath(name.Id.ToString());
        PendingObject written = PendingObject.Write(tempPath, content, cancellationToken);
        PendingObject? superfluous;
        bool isFull;
        lock (_lock)
        {
            superfluous = Accept(name, written);
            isFull = _pending.Count >= PendingCountMax;
        }
        superfluous?.Discard();
        ThrowIfUnusable();
        if (isFull)
        {
            await FlushAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Joins the next flush. It goes on if the caller stops waiting.</summary>
    public Task FlushAsync()
    {
        lock (_lock)
        {
            ThrowIfUnusable();
            if (_queuedFlush is null)
            {
                Task previous = _lastFlush;
                _queuedFlush = Task.Run(() => RunFlushAsync(previous));
                _lastFlush = _queuedFlush;
            }
            return _queuedFlush;
        }
    }

    public async Task DeleteAsync(ObjectName name)
    {
        PendingObject? pending;
        Task flush = Task.CompletedTask;
        lock (_lock)
        {
            ThrowIfUnusable();
            if (_pending.TryGetValue(name, out pending))
            {
                if (pending.IsCommitting)
                {
                    flush = _lastFlush;
                    pending = null;
                }
                else
                {
                    _pending.Remove(name);
                }
            }
        }
        pending?.Discard();
        await flush.ConfigureAwait(false);
        string folder = RepositoryLayout.FolderOf(name);
        if (PosixFile.Delete(folders.PathOf(RepositoryLayout.PathOf(name)), "the deletion was refused")
            || PosixFile.IsFolder(folders.PathOf(folder)))
        {
            // Also when it was gone: whoever deleted it may not have synced.
            folders.MarkUnsynced(folder);
        }
    }

    /// <summary>Creates the folders, then the header, each durable before the next.</summary>
    public async Task CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        string path = folders.PathOf(RepositoryLayout.HeaderName);
        ThrowIfHeaderExists(PosixFile.SizeOf(path) is not null);
        folders.Ensure("");
        foreach (ObjectKind kind in RepositoryLayout.Kinds)
        {
            folders.Ensure(ObjectName.FolderOf(kind));
        }
        string tempPath = ProvideTempFolder().NewFilePath(RepositoryLayout.HeaderName);
        PendingObject written = PendingObject.Write(tempPath, new ReadOnlySequence<byte>(header), cancellationToken);
        try
        {
            written.Sync();
            await folders.SyncAsync().ConfigureAwait(false);
            ThrowIfHeaderExists(!written.TryPublishAsFirst(path));
            folders.MarkUnsynced("");
            await folders.SyncAsync().ConfigureAwait(false);
        }
        catch (BackendException exception)
        {
            Poison(exception);
            throw;
        }
        finally
        {
            written.Discard();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task flush;
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }
            _isDisposed = true;
            flush = _lastFlush;
        }
        await flush.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Abandon();
        lock (_tempLock)
        {
            _tempFolder?.Dispose();
            _tempFolder = null;
        }
    }

    private async Task RunFlushAsync(Task previous)
    {
        // Its failure has reached those who waited for it, and poisoned the writer.
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        KeyValuePair<ObjectName, PendingObject>[] batch;
        lock (_lock)
        {
            _queuedFlush = null;
            ThrowIfFailed();
            batch = [.. _pending];
            foreach ((_, PendingObject pending) in batch)
            {
                pending.IsCommitting = true;
            }
        }
        try
        {
            await CommitAsync(batch).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Poison(exception);
            Abandon();
            throw;
        }
        lock (_lock)
        {
            foreach ((ObjectName name, PendingObject pending) in batch)
            {
                if (_pending.GetValueOrDefault(name) == pending)
                {
                    _pending.Remove(name);
                }
            }
        }
    }

    private async Task CommitAsync(KeyValuePair<ObjectName, PendingObject>[] batch)
    {
        await Parallel.ForEachAsync(
            batch,
            new ParallelOptions { MaxDegreeOfParallelism = SyncsAtOnceMax },
            static (item, _) =>
            {
                item.Value.Sync();
                return ValueTask.CompletedTask;
            }).ConfigureAwait(false);
        foreach ((ObjectName name, PendingObject pending) in batch)
        {
            string folder = RepositoryLayout.FolderOf(name);
            folders.Ensure(folder);
            pending.Publish(folders.PathOf(RepositoryLayout.PathOf(name)));
            folders.MarkUnsynced(folder);
        }
        await folders.SyncAsync().ConfigureAwait(false);
    }

    // Returns what is not needed.
    private PendingObject? Accept(ObjectName name, PendingObject written)
    {
        if (_failure is not null || _isDisposed)
        {
            return written;
        }
        if (!_pending.TryGetValue(name, out PendingObject? other))
        {
            _pending.Add(name, written);
            return null;
        }
        if (other.SizeInBytes == written.SizeInBytes)
        {
            return written;
        }
        _pending[name] = written;
        return other.IsCommitting ? null : other;
    }

    // If it is, the next flush answers for it: its name may not be durable yet, whoever put it.
    private bool IsThere(ObjectName name, long sizeInBytes)
    {
        lock (_lock)
        {
            if (_pending.TryGetValue(name, out PendingObject? pending))
            {
                return pending.SizeInBytes == sizeInBytes;
            }
        }
        if (PosixFile.SizeOf(folders.PathOf(RepositoryLayout.PathOf(name))) != sizeInBytes)
        {
            return false;
        }
        folders.MarkUnsynced(RepositoryLayout.FolderOf(name));
        return true;
    }

    private TempFolder ProvideTempFolder()
    {
        lock (_tempLock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_tempFolder is null)
            {
                folders.Ensure(RepositoryLayout.TempFolder);
                string parent = folders.PathOf(RepositoryLayout.TempFolder);
                _tempFolder = TempFolder.Create(parent);
                TempFolder.RemoveDead(parent);
            }
            return _tempFolder;
        }
    }

    // Drops every pending object: after a failure none of them is promised.
    private void Abandon()
    {
        PendingObject[] dropped;
        lock (_lock)
        {
            dropped = [.. _pending.Values];
            _pending.Clear();
        }
        foreach (PendingObject pending in dropped)
        {
            pending.Discard();
        }
    }

    private void Poison(Exception exception)
    {
        lock (_lock)
        {
            _failure ??= exception;
        }
    }

    private void ThrowIfUnusable()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            ThrowIfFailed();
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw new BackendException(
                $"{root}: nothing more is written after an earlier failure; open the repository again. It was: {failure.Message}",
                isTransient: false,
                failure);
        }
    }

    private void ThrowIfHeaderExists(bool exists)
    {
        if (exists)
        {
            throw new RepositoryExistsException($"{root}: there is a repository already.");
        }
    }
}
