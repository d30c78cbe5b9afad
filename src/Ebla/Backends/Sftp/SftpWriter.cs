using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Ebla.Backends.Traffic;
using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>Writes: everything first under a name in the folder of unfinished writes, then under its own.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class SftpWriter(SftpPlace place, SftpFlusher flusher, Line line)
{
    // What a write that a full disk refused may still have found free: file systems keep some back.
    private const long FullBelowInBytes = 1024 * 1024;

    private const int TempNameLength = 32;

    // Nobody writes one file for a week.
    private const ulong StrayAgeInSeconds = 7 * 24 * 60 * 60;

    // Left by calls whose connection ended. The next connection removes them.
    private readonly ConcurrentQueue<string> _strays = [];

    private int _hasSwept;

    // Folders that were there once, by their path on the server.
    private readonly ConcurrentDictionary<string, bool> _knownFolders = [];

    public async Task PutAsync(SftpCalls calls, ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        flusher.ThrowIfVoid();
        string temp = await WriteTempAsync(calls, content, cancellationToken).ConfigureAwait(false);
        await AfterTempAsync(calls, temp, async () =>
        {
            string relativePath = RepositoryLayout.PathOf(name);
            string path = place.PathOf(relativePath);
            string folder = RepositoryLayout.FolderOf(name);
            flusher.NoteAttempt(folder);
            SftpStatus status = await MoveAsync(calls, temp, path, content.Length, cancellationToken).ConfigureAwait(false);
            if (!status.IsOk && !_knownFolders.ContainsKey(folder))
            {
                await MakeFolderAsync(calls, place.PathOf(folder), cancellationToken).ConfigureAwait(false);
                status = await MoveAsync(calls, temp, path, content.Length, cancellationToken).ConfigureAwait(false);
            }
            if (!status.IsOk)
            {
                throw status.ToException("cannot put it here", place.Name(relativePath));
            }
            _knownFolders[folder] = true;
            flusher.NotePut(calls.Connection, name, content.Length);
        }).ConfigureAwait(false);
    }

    public async Task CreateHeaderAsync(SftpCalls calls, ReadOnlyMemory<byte> header, CancellationToken cancellationToken)
    {
        flusher.ThrowIfVoid();
        string path = place.PathOf(RepositoryLayout.HeaderName);
        await ThrowIfPresentAsync().ConfigureAwait(false);
        string temp = await WriteTempAsync(calls, new ReadOnlySequence<byte>(header), cancellationToken).ConfigureAwait(false);
        await AfterTempAsync(calls, temp, async () =>
        {
            // A second name is given to one caller only. Without hard links a rename must do, which some servers check before they do it,
            // not while.
            SftpStatus status = calls.Extensions.HasHardLink
                ? await calls.LinkAsync(temp, path, cancellationToken).ConfigureAwait(false)
                : new SftpStatus(SftpStatusCode.Unsupported, "");
            if (!status.IsOk)
            {
                await ThrowIfPresentAsync().ConfigureAwait(false);
                status = await calls.RenameAsync(temp, path, cancellationToken).ConfigureAwait(false);
            }
            if (!status.IsOk)
            {
                await ThrowIfPresentAsync().ConfigureAwait(false);
                throw status.ToException("cannot create the header", place.Location);
            }
            await flusher.SyncNowAsync(calls, "").ConfigureAwait(false);
        }).ConfigureAwait(false);
        calls.RemoveLater(temp);

        async Task ThrowIfPresentAsync()
        {
            if (await calls.StatAsync(path, place.Location, cancellationToken).ConfigureAwait(false) is not null)
            {
                throw new RepositoryExistsException($"{place.Location}: there is a repository already.");
            }
        }
    }

    public async Task DeleteAsync(SftpCalls calls, ObjectName name, CancellationToken cancellationToken)
    {
        string relativePath = RepositoryLayout.PathOf(name);
        SftpStatus status = await calls.RemoveAsync(place.PathOf(relativePath), cancellationToken).ConfigureAwait(false);
        if (status.IsOk)
        {
            flusher.NoteDeletion(name);
        }
        else if (status.Code == SftpStatusCode.NoSuchFile)
        {
            await place.ThrowIfGoneAsync(calls, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            throw status.ToException("cannot delete it", place.Name(relativePath));
        }
    }

    /// <summary>Removes the header and those folders of a repository that are empty. Says what is left; null if nothing is.</summary>
    public async Task<string?> RemovePlaceAsync(SftpCalls calls, CancellationToken cancellationToken)
    {
        _ = await calls.RemoveAsync(place.PathOf(RepositoryLayout.HeaderName), cancellationToken).ConfigureAwait(false);
        IEnumerable<string> packFolders = Enumerable.Range(0, RepositoryLayout.PackFolderCount)
            .Select(static number => $"{ObjectName.FolderOf(ObjectKind.Pack)}/{number:x2}");
        await Task.WhenAll(packFolders.Select(RemoveAsync)).ConfigureAwait(false);
        await Task.WhenAll(RepositoryLayout.Kinds.Select(ObjectName.FolderOf).Append(RepositoryLayout.TempFolder).Select(RemoveAsync))
            .ConfigureAwait(false);
        _knownFolders.Clear();
        SftpStatus status = await RemoveAsync("").ConfigureAwait(false);
        return status.IsOk || status.Code == SftpStatusCode.NoSuchFile ? null : "not empty, and left";

        Task<SftpStatus> RemoveAsync(string folder) => calls.RemoveFolderAsync(place.PathOf(folder), cancellationToken);
    }

    // A file with all the bytes, durable if the server can do that, and closed.
    private async Task<string> WriteTempAsync(SftpCalls calls, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        while (_strays.TryDequeue(out string? stray))
        {
            calls.RemoveLater(stray);
        }
        string relativePath = $"{RepositoryLayout.TempFolder}/{RandomNumberGenerator.GetHexString(TempNameLength, lowercase: true)}";
        string temp = place.PathOf(relativePath);
        (SftpStatus status, byte[] handle) = await calls.CreateAsync(temp, cancellationToken).ConfigureAwait(false);
        if (status.Code is SftpStatusCode.NoSuchFile)
        {
            await place.ThrowIfGoneAsync(calls, cancellationToken).ConfigureAwait(false);
            await MakeFolderAsync(calls, place.PathOf(RepositoryLayout.TempFolder), cancellationToken).ConfigureAwait(false);
            (status, handle) = await calls.CreateAsync(temp, cancellationToken).ConfigureAwait(false);
        }
        if (!status.IsOk)
        {
            throw await ExplainAsync(calls, status, "cannot write", place.Name(relativePath), cancellationToken).ConfigureAwait(false);
        }
        if (Interlocked.Exchange(ref _hasSwept, 1) == 0)
        {
            _ = SweepAsync(calls, temp);
        }
        await AfterTempAsync(calls, temp, async () =>
        {
            status = await new SftpTransfer(calls, line).WriteAsync(handle, content, cancellationToken).ConfigureAwait(false);
            if (!status.IsOk)
            {
                throw await ExplainAsync(calls, status, "cannot write", place.Name(relativePath), cancellationToken).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        return temp;
    }

    // Removes what programs that were killed left long ago. The file just made tells the time of the server's own clock.
    private async Task SweepAsync(SftpCalls calls, string temp)
    {
        string folder = place.PathOf(RepositoryLayout.TempFolder);
        try
        {
            SftpAttributes? own = await calls.StatAsync(temp, temp, CancellationToken.None).ConfigureAwait(false);
            if (own?.ModifiedInSeconds is not { } now)
            {
                return;
            }
            foreach (SftpEntry entry in await calls.ReadFolderAsync(folder, folder, CancellationToken.None).ConfigureAwait(false) ?? [])
            {
                bool isOurs = entry.Name.Length == TempNameLength && entry.Name.All(char.IsAsciiHexDigitLower) && entry.Attributes.IsFile;
                if (isOurs && entry.Attributes.ModifiedInSeconds is { } modified && modified + StrayAgeInSeconds < now)
                {
                    calls.RemoveLater($"{folder}/{entry.Name}");
                }
            }
        }
        catch (EblaException)
        {
            // The next run sweeps.
        }
    }

    // Removes the temporary file if what is to be done with it fails.
    private async Task AfterTempAsync(SftpCalls calls, string temp, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch
        {
            if (calls.Connection.IsOver)
            {
                _strays.Enqueue(temp);
            }
            else
            {
                calls.RemoveLater(temp);
            }
            throw;
        }
    }

    private static async Task<SftpStatus> MoveAsync(SftpCalls calls, string temp, string path, long sizeInBytes, CancellationToken cancellationToken)
    {
        if (calls.Extensions.HasPosixRename)
        {
            return await calls.ReplaceAsync(temp, path, cancellationToken).ConfigureAwait(false);
        }
        SftpStatus status = await calls.RenameAsync(temp, path, cancellationToken).ConfigureAwait(false);
        if (status.IsOk || await calls.StatAsync(path, path, cancellationToken).ConfigureAwait(false) is not { } present)
        {
            return status;
        }
        if (present.IsFile && present.SizeInBytes == sizeInBytes)
        {
            calls.RemoveLater(temp);
            return default;
        }

        // Another size: a remnant of something else. It goes first, for this server cannot replace.
        status = await calls.RemoveAsync(path, cancellationToken).ConfigureAwait(false);
        return status.IsOk || status.Code == SftpStatusCode.NoSuchFile
            ? await calls.RenameAsync(temp, path, cancellationToken).ConfigureAwait(false)
            : status;
    }

    private async Task MakeFolderAsync(SftpCalls calls, string path, CancellationToken cancellationToken)
    {
        SftpStatus status = await calls.MakeFolderAsync(path, cancellationToken).ConfigureAwait(false);
        string? parent = SftpPlace.ParentOf(path);
        if (!status.IsOk && await calls.StatAsync(path, path, cancellationToken).ConfigureAwait(false) is { } present)
        {
            if (present.IsFolder)
            {
                return;
            }
            throw new BackendException($"{place.Location}: '{path}' is not a folder.", isTransient: false);
        }
        if (status.Code == SftpStatusCode.NoSuchFile && parent is not null)
        {
            await MakeFolderAsync(calls, parent, cancellationToken).ConfigureAwait(false);
            status = await calls.MakeFolderAsync(path, cancellationToken).ConfigureAwait(false);
            if (!status.IsOk && await calls.StatAsync(path, path, cancellationToken).ConfigureAwait(false) is { IsFolder: true })
            {
                return;
            }
        }
        if (!status.IsOk)
        {
            throw await ExplainAsync(calls, status, "cannot create the folder", $"{place.Location}: '{path}'", cancellationToken)
                .ConfigureAwait(false);
        }
        flusher.NotePath(parent ?? ".");
    }

    // A server says "failure" to nearly everything. A full disk is what people meet, and can be asked about.
    private async Task<EblaException> ExplainAsync(
        SftpCalls calls, SftpStatus status, string what, string where, CancellationToken cancellationToken)
        => status.Code is not (SftpStatusCode.PermissionDenied or SftpStatusCode.NoConnection or SftpStatusCode.ConnectionLost)
            && await calls.FindFreeSpaceAsync(place.Root, cancellationToken).ConfigureAwait(false) is < FullBelowInBytes
            ? new BackendException($"{where}: {what}: the server's disk is full.", isTransient: false)
            : status.ToException(what, where);
}
