using System.Runtime.Versioning;
using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>Remembers what was done since the last flush, and makes it durable as far as the server can.</summary>
/// <remarks>
/// What was put has its bytes on the server's disk already. What is missing is its name: OpenSSH syncs a folder that was opened as if it
/// were a file. A server may also go down between a put and the flush, and come back without the name; so what was put over an earlier
/// connection is looked up.
/// </remarks>
[UnsupportedOSPlatform("windows")]
internal sealed class SftpFlusher(SftpPlace place, SftpDialer dialer)
{
    private const int InFlightMax = 32;

    private readonly Lock _lock = new();
    private HashSet<string> _folders = [];

    // Where a file may have come, if only the answer was lost.
    private HashSet<string> _doubtfulFolders = [];
    private Dictionary<ObjectName, (long SizeInBytes, SftpConnection Connection)> _puts = [];
    private Task _running = Task.CompletedTask;
    private Task? _next;
    private string? _void;

    private volatile FolderSync _folderSync;

    /// <summary>Whether the names of files can be made durable, as far as it is known.</summary>
    public FolderSync FolderSync => _folderSync;

    /// <summary>Fails if a flush failed for good: what was put since the one before is not to be trusted.</summary>
    public void ThrowIfVoid()
    {
        if (Volatile.Read(ref _void) is { } message)
        {
            throw new BackendException($"{place.Location}: an earlier flush failed, so nothing more is written: {message}", isTransient: false);
        }
    }

    /// <summary>An object is there under its name.</summary>
    public void NotePut(SftpConnection connection, ObjectName name, long sizeInBytes)
    {
        lock (_lock)
        {
            _puts[name] = (sizeInBytes, connection);
            _ = _folders.Add(place.PathOf(RepositoryLayout.FolderOf(name)));
        }
    }

    /// <summary>An object is gone.</summary>
    public void NoteDeletion(ObjectName name)
    {
        lock (_lock)
        {
            _ = _puts.Remove(name);
            _ = _folders.Add(place.PathOf(RepositoryLayout.FolderOf(name)));
        }
    }

    /// <summary>A name may come into a folder, which may not be there. Whoever repeats a call finds that name, and only flushes.</summary>
    public void NoteAttempt(string relativePath)
    {
        lock (_lock)
        {
            _ = _doubtfulFolders.Add(place.PathOf(relativePath));
        }
    }

    /// <summary>Names in a folder are relied on.</summary>
    public void NoteFolder(string relativePath) => NotePath(place.PathOf(relativePath));

    /// <summary>Names in a folder are relied on.</summary>
    public void NotePath(string path)
    {
        lock (_lock)
        {
            _ = _folders.Add(path);
        }
    }

    /// <summary>The barrier. Those who ask while one runs share the next one.</summary>
    public Task FlushAsync()
    {
        ThrowIfVoid();
        lock (_lock)
        {
            if (_next is null)
            {
                _next = FlushAfterAsync(_running);
                _running = _next;
            }
            return _next;
        }
    }

    /// <summary>Makes the names in a folder, and what led to it, durable now.</summary>
    public async Task SyncNowAsync(SftpCalls calls, string relativePath)
    {
        string[] folders;
        lock (_lock)
        {
            string path = place.PathOf(relativePath);

            // Folders above it that were just made.
            folders = [path, .. _folders.Where(folder => folder.Length < path.Length)];
        }
        await SyncAsync(calls, folders).ConfigureAwait(false);
    }

    /// <summary>Waits for a flush that runs.</summary>
    public async Task StopAsync()
    {
        Task running;
        lock (_lock)
        {
            running = _running;
        }
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task FlushAfterAsync(Task previous)
    {
        await Task.Yield();
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        HashSet<string> folders;
        HashSet<string> doubtful;
        Dictionary<ObjectName, (long SizeInBytes, SftpConnection Connection)> puts;
        lock (_lock)
        {
            _next = null;
            (folders, _folders) = (_folders, []);
            (doubtful, _doubtfulFolders) = (_doubtfulFolders, []);
            doubtful.ExceptWith(folders);
            (puts, _puts) = (_puts, []);
        }
        if (folders.Count + doubtful.Count == 0)
        {
            return;
        }
        ThrowIfVoid();
        try
        {
            SftpCalls calls = await dialer.ConnectAsync(CancellationToken.None).ConfigureAwait(false);
            await ForEachAsync(doubtful, folder => ResolveAsync(calls, folder, folders)).ConfigureAwait(false);
            await SyncAsync(calls, folders).ConfigureAwait(false);
            await ForEachAsync(
                puts.Where(put => put.Value.Connection != calls.Connection),
                put => LookUpAsync(calls, put.Key, put.Value.SizeInBytes)).ConfigureAwait(false);
        }
        catch (BackendException exception) when (exception.IsTransient)
        {
            // The line failed, not the disk: the same flush can be asked for again.
            lock (_lock)
            {
                _folders.UnionWith(folders);
                _doubtfulFolders.UnionWith(doubtful);
                foreach ((ObjectName name, (long SizeInBytes, SftpConnection Connection) put) in puts)
                {
                    _ = _puts.TryAdd(name, put);
                }
            }
            throw;
        }
        catch (EblaException exception)
        {
            Volatile.Write(ref _void, exception.Message);
            throw;
        }
    }

    private async Task ResolveAsync(SftpCalls calls, string folder, HashSet<string> present)
    {
        if (await calls.StatAsync(folder, $"{place.Location}: '{folder}'", CancellationToken.None).ConfigureAwait(false) is not null)
        {
            lock (_lock)
            {
                _ = present.Add(folder);
            }
        }
    }

    private async Task SyncAsync(SftpCalls calls, IReadOnlyCollection<string> folders)
    {
        if (!calls.Extensions.HasSync)
        {
            _folderSync = FolderSync.Refused;
            return;
        }
        foreach (string first in folders.Take(_folderSync == FolderSync.Untried ? 1 : 0))
        {
            await SyncFolderAsync(calls, first).ConfigureAwait(false);
        }
        await ForEachAsync(folders, folder => SyncFolderAsync(calls, folder)).ConfigureAwait(false);
    }

    private async Task SyncFolderAsync(SftpCalls calls, string folder)
    {
        if (_folderSync == FolderSync.Refused)
        {
            return;
        }
        (SftpStatus status, byte[] handle) = await calls.OpenAsync(folder, CancellationToken.None).ConfigureAwait(false);
        bool isOurs = folder.StartsWith(place.Root, StringComparison.Ordinal);
        if (!status.IsOk)
        {
            // Whoever may make a folder in another may not always read that one. And some servers open no folders as files.
            if (isOurs && (_folderSync == FolderSync.Works || status.Code == SftpStatusCode.NoSuchFile))
            {
                throw status.ToException("cannot make the names in it durable", $"{place.Location}: '{folder}'");
            }
            if (isOurs)
            {
                _folderSync = FolderSync.Refused;
            }
            return;
        }
        SftpRequest syncing = await calls.BeginSyncAsync(handle, CancellationToken.None).ConfigureAwait(false);
        calls.CloseLater(handle);
        status = (await syncing.Reply.ConfigureAwait(false)).Status();
        if (status.Code == SftpStatusCode.Unsupported && _folderSync != FolderSync.Works)
        {
            _folderSync = FolderSync.Refused;
            return;
        }
        _folderSync = status.IsOk
            ? FolderSync.Works
            : throw status.ToException("cannot make the names in it durable", $"{place.Location}: '{folder}'");
    }

    private async Task LookUpAsync(SftpCalls calls, ObjectName name, long sizeInBytes)
    {
        string path = RepositoryLayout.PathOf(name);
        SftpAttributes? found = await calls.StatAsync(place.PathOf(path), place.Name(path), CancellationToken.None).ConfigureAwait(false);
        if (found?.SizeInBytes != sizeInBytes)
        {
            throw new BackendException(
                $"{place.Name(path)}: the server lost it after the connection broke. Did it go down?", isTransient: false);
        }
    }

    private static async Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> work)
    {
        List<Task> inFlight = [];
        foreach (T item in items)
        {
            inFlight.Add(work(item));
            if (inFlight.Count == InFlightMax)
            {
                Task done = await Task.WhenAny(inFlight).ConfigureAwait(false);
                _ = inFlight.Remove(done);
                await done.ConfigureAwait(false);
            }
        }
        await Task.WhenAll(inFlight).ConfigureAwait(false);
    }
}
