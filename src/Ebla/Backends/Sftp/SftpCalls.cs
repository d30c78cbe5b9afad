using System.Diagnostics.CodeAnalysis;
using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>The requests of SFTP as calls, over one connection. Handles are the server's and go with the connection.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing to be given back, unless its wait handle is used.")]
internal sealed class SftpCalls(SftpConnection connection)
{
    // For their owner alone, as in a local repository.
    private const uint FileMode = 0x180;
    private const uint FolderMode = 0x1C0;

    // How to open (draft-ietf-secsh-filexfer-02, section 6.3): for reading; for writing, as a new file only.
    private const uint OpenForReading = 0x1;
    private const uint OpenAsNew = 0x2 | 0x8 | 0x20;

    // A small folder needs two answers: its entries and the end. Large ones get more requests in flight.
    private const int ReadFolderInFlightMin = 2;
    private const int ReadFolderInFlightMax = 16;

    private const int FoldersOpenMax = 64;

    // Servers let some number of files and folders be open, mostly a thousand. Most of them are for files.
    private readonly SemaphoreSlim _foldersOpen = new(Math.Clamp((connection.Extensions.HandlesMax ?? FoldersOpenMax) / 4, 1, FoldersOpenMax));

    public SftpConnection Connection => connection;

    public SftpExtensions Extensions => connection.Extensions;

    /// <summary>Opens what is there. On OpenSSH and others that may be a folder, to be synced.</summary>
    public Task<(SftpStatus Status, byte[] Handle)> OpenAsync(string path, CancellationToken cancellationToken)
        => OpenAsync(SftpPacketType.Open, new SftpEncoder().Text(path).UInt32(OpenForReading).UInt32(0), cancellationToken);

    /// <summary>Creates a file; fails if there is one.</summary>
    public Task<(SftpStatus Status, byte[] Handle)> CreateAsync(string path, CancellationToken cancellationToken)
        => OpenAsync(SftpPacketType.Open, new SftpEncoder().Text(path).UInt32(OpenAsNew).Mode(FileMode), cancellationToken);

    /// <summary>Opens a folder, to list it.</summary>
    public Task<(SftpStatus Status, byte[] Handle)> OpenFolderAsync(string path, CancellationToken cancellationToken)
        => OpenAsync(SftpPacketType.OpenFolder, new SftpEncoder().Text(path), cancellationToken);

    public async Task<SftpRequest> BeginAsync(SftpPacketType type, SftpEncoder fields, CancellationToken cancellationToken)
    {
        SftpRequest request = new(default);
        await connection.SendAsync(type, fields, null, request, cancellationToken).ConfigureAwait(false);
        return request;
    }

    public Task<SftpRequest> BeginCloseAsync(byte[] handle, CancellationToken cancellationToken)
        => BeginAsync(SftpPacketType.Close, new SftpEncoder().Bytes(handle), cancellationToken);

    /// <summary>Closes a handle without waiting for it. A failure means nothing: a handle that was read from goes with the session.</summary>
    public void CloseLater(byte[] handle) => Forget(BeginCloseAsync(handle, CancellationToken.None));

    /// <summary>Removes a file, if it is there, without waiting for it.</summary>
    public void RemoveLater(string path)
        => Forget(BeginAsync(SftpPacketType.Remove, new SftpEncoder().Text(path), CancellationToken.None));

    public Task<SftpRequest> BeginSyncAsync(byte[] handle, CancellationToken cancellationToken)
        => BeginAsync(SftpPacketType.Extended, new SftpEncoder().Text(SftpExtensions.SyncName).Bytes(handle), cancellationToken);

    /// <summary>What an open file is.</summary>
    public async Task<SftpAttributes> FileStatAsync(byte[] handle, string where, CancellationToken cancellationToken)
    {
        SftpReply reply = await connection.CallAsync(
            SftpPacketType.FileStat, new SftpEncoder().Bytes(handle), cancellationToken).ConfigureAwait(false);
        return reply.FailureUnless(SftpPacketType.Attributes) is { } status
            ? throw status.ToException("cannot look it up", where)
            : new SftpDecoder(reply.Body).Attributes();
    }

    /// <summary>What is under a name; links are followed. Null if nothing is.</summary>
    public async Task<SftpAttributes?> StatAsync(string path, string where, CancellationToken cancellationToken)
    {
        SftpReply reply = await connection.CallAsync(SftpPacketType.Stat, new SftpEncoder().Text(path), cancellationToken).ConfigureAwait(false);
        return reply.FailureUnless(SftpPacketType.Attributes) is not { } status ? new SftpDecoder(reply.Body).Attributes()
            : status.Code == SftpStatusCode.NoSuchFile ? null
            : throw status.ToException("cannot look it up", where);
    }

    /// <summary>All that is in a folder but <c>.</c> and <c>..</c>; null if there is no such folder.</summary>
    public async Task<List<SftpEntry>?> ReadFolderAsync(string path, string where, CancellationToken cancellationToken)
    {
        await _foldersOpen.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ReadFolderOnceAsync(path, where, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = _foldersOpen.Release();
        }
    }

    private async Task<List<SftpEntry>?> ReadFolderOnceAsync(string path, string where, CancellationToken cancellationToken)
    {
        (SftpStatus opened, byte[] handle) = await OpenFolderAsync(path, cancellationToken).ConfigureAwait(false);
        if (!opened.IsOk)
        {
            return opened.Code == SftpStatusCode.NoSuchFile ? null : throw opened.ToException("cannot list it", where);
        }
        List<SftpEntry> entries = [];
        Queue<SftpRequest> inFlight = [];
        int inFlightMax = ReadFolderInFlightMin;
        try
        {
            while (true)
            {
                while (inFlight.Count < inFlightMax)
                {
                    inFlight.Enqueue(await BeginAsync(
                        SftpPacketType.ReadFolder, new SftpEncoder().Bytes(handle), cancellationToken).ConfigureAwait(false));
                }
                SftpReply reply = await inFlight.Dequeue().WaitAsync(cancellationToken).ConfigureAwait(false);
                if (reply.FailureUnless(SftpPacketType.Name) is { } ended)
                {
                    return ended.Code == SftpStatusCode.EndOfFile ? entries : throw ended.ToException("cannot list it", where);
                }
                List<SftpEntry> found = new SftpDecoder(reply.Body).Entries();

                // The end has a status of its own; a server that sends nothing for ever must not be asked for ever.
                entries.AddRange(found.Count > 0 ? found.Where(static entry => entry.Name is not ("." or "..")) : throw SftpDecoder.Malformed());
                inFlightMax = Math.Min(inFlightMax * 2, ReadFolderInFlightMax);
            }
        }
        finally
        {
            foreach (SftpRequest request in inFlight)
            {
                request.Abandon();
            }
            CloseLater(handle);
        }
    }

    public async Task<SftpStatus> RemoveAsync(string path, CancellationToken cancellationToken)
        => (await connection.CallAsync(SftpPacketType.Remove, new SftpEncoder().Text(path), cancellationToken).ConfigureAwait(false)).Status();

    public async Task<SftpStatus> MakeFolderAsync(string path, CancellationToken cancellationToken)
        => (await connection.CallAsync(SftpPacketType.MakeFolder, new SftpEncoder().Text(path).Mode(FolderMode), cancellationToken)
            .ConfigureAwait(false)).Status();

    /// <summary>Removes an empty folder.</summary>
    public async Task<SftpStatus> RemoveFolderAsync(string path, CancellationToken cancellationToken)
        => (await connection.CallAsync(SftpPacketType.RemoveFolder, new SftpEncoder().Text(path), cancellationToken).ConfigureAwait(false))
            .Status();

    /// <summary>Renames. By the draft, it fails if the new name is taken.</summary>
    public async Task<SftpStatus> RenameAsync(string path, string newPath, CancellationToken cancellationToken)
        => (await connection.CallAsync(SftpPacketType.Rename, new SftpEncoder().Text(path).Text(newPath), cancellationToken)
            .ConfigureAwait(false)).Status();

    /// <summary>Renames; what was under the new name is replaced, at once.</summary>
    public Task<SftpStatus> ReplaceAsync(string path, string newPath, CancellationToken cancellationToken)
        => ExtendedAsync(SftpExtensions.PosixRenameName, path, newPath, cancellationToken);

    /// <summary>Gives a file a second name. Fails if it is taken.</summary>
    public Task<SftpStatus> LinkAsync(string path, string newPath, CancellationToken cancellationToken)
        => ExtendedAsync(SftpExtensions.HardLinkName, path, newPath, cancellationToken);

    /// <summary>The bytes free for us in the file system of a path; null if the server will not say. Zero also if no more files fit.</summary>
    public async Task<long?> FindFreeSpaceAsync(string path, CancellationToken cancellationToken)
    {
        if (!Extensions.HasFreeSpace)
        {
            return null;
        }
        SftpReply reply = await connection.CallAsync(
            SftpPacketType.Extended, new SftpEncoder().Text(SftpExtensions.FreeSpaceName).Text(path), cancellationToken).ConfigureAwait(false);
        if (reply.FailureUnless(SftpPacketType.ExtendedReply) is not null)
        {
            return null;
        }
        SftpDecoder fields = new(reply.Body);
        _ = fields.UInt64();
        ulong blockSize = fields.UInt64();
        _ = fields.UInt64();
        _ = fields.UInt64();
        ulong blocksForUs = fields.UInt64();
        ulong files = fields.UInt64();
        _ = fields.UInt64();
        ulong filesForUs = fields.UInt64();

        // Some file systems do not count files, and say 0 of 0.
        return files > 0 && filesForUs == 0 ? 0 : (long)UInt128.Min((UInt128)blockSize * blocksForUs, long.MaxValue);
    }

    /// <summary>Waits for what nobody needs to wait for, and takes its failure.</summary>
    public static void Forget(Task<SftpRequest> sending)
    {
        _ = TakeAsync();

        async Task TakeAsync()
        {
            try
            {
                SftpRequest request = await sending.ConfigureAwait(false);
                _ = await request.Reply.ConfigureAwait(false);
            }
            catch (EblaException)
            {
                // The connection is over, and what this was to tidy up stays.
            }
        }
    }

    private async Task<SftpStatus> ExtendedAsync(string name, string path, string newPath, CancellationToken cancellationToken)
        => (await connection.CallAsync(SftpPacketType.Extended, new SftpEncoder().Text(name).Text(path).Text(newPath), cancellationToken)
            .ConfigureAwait(false)).Status();

    private async Task<(SftpStatus Status, byte[] Handle)> OpenAsync(
        SftpPacketType type, SftpEncoder fields, CancellationToken cancellationToken)
    {
        SftpRequest request = new(default);
        try
        {
            await connection.SendAsync(type, fields, null, request, cancellationToken).ConfigureAwait(false);
            SftpReply reply = await request.Reply.WaitAsync(cancellationToken).ConfigureAwait(false);
            return reply.FailureUnless(SftpPacketType.Handle) is { } status
                ? (status, [])
                : (default, new SftpDecoder(reply.Body).Bytes().ToArray());
        }
        catch (OperationCanceledException)
        {
            _ = CloseWhenOpenAsync(request);
            throw;
        }
    }

    // The server has opened it although nobody wants it any more.
    private async Task CloseWhenOpenAsync(SftpRequest request)
    {
        try
        {
            SftpReply reply = await request.Reply.ConfigureAwait(false);
            if (reply.Type == SftpPacketType.Handle)
            {
                CloseLater(new SftpDecoder(reply.Body).Bytes().ToArray());
            }
        }
        catch (EblaException)
        {
            // The connection is over, and its handles with it.
        }
    }
}
