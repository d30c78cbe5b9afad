using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using Ebla.Backends.Locations;
using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>Keeps objects as files of an SFTP server, named as a local repository names them (docs/backends/sftp.md).</summary>
/// <remarks>The line may drop at any time: the calls under way fail, and the next one connects again.</remarks>
[UnsupportedOSPlatform("windows")]
internal sealed class SftpBackend : IBackend
{
    // On a line of 50 ms, 256 folders one after the other would take half a minute.
    private const int FoldersInFlightMax = 64;

    // Servers compute with signed numbers: what lies beyond any file is not asked for.
    private const long OffsetMax = 1L << 62;

    private readonly BackendSettings _settings;
    private readonly SftpDialer _dialer;
    private readonly SftpPlace _place;
    private readonly SftpWriter _writer;
    private readonly SftpFlusher _flusher;

    public SftpBackend(SftpLocation location, SftpOptions options, BackendSettings settings)
    {
        _settings = settings;
        _place = new SftpPlace(location);
        _dialer = new SftpDialer(location, options, settings);
        _flusher = new SftpFlusher(_place, _dialer);
        _writer = new SftpWriter(_place, _flusher, settings.Line);
    }

    /// <inheritdoc/>
    public BackendCapabilities Capabilities
        => new(CanDelete: true, CanReadRanges: true, long.MaxValue, IsDurableOnceFlushed: _flusher.FolderSync != FolderSync.Refused);

    /// <inheritdoc/>
    public string Location => _place.Location;

    /// <inheritdoc/>
    public async ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default)
    {
        byte[]? header = await ReadWholeAsync(
            RepositoryLayout.HeaderName, RepositoryLayout.HeaderSizeInBytesMax, cancellationToken).ConfigureAwait(false);
        _place.HasSeenHeader |= header is not null;
        return header;
    }

    /// <inheritdoc/>
    public async ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(header.Length, RepositoryLayout.HeaderSizeInBytesMax, nameof(header));
        SftpCalls calls = await _dialer.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await _writer.CreateHeaderAsync(calls, header, cancellationToken).ConfigureAwait(false);
        _place.HasSeenHeader = true;
    }

    /// <inheritdoc/>
    public async ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        SftpCalls calls = await _dialer.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await _writer.PutAsync(calls, name, content, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask(_flusher.FlushAsync().WaitAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        SftpCalls calls = await _dialer.ConnectAsync(cancellationToken).ConfigureAwait(false);
        string relativePath = RepositoryLayout.PathOf(name);
        string where = _place.Name(relativePath);
        (SftpStatus opened, byte[] handle) = await calls.OpenAsync(_place.PathOf(relativePath), cancellationToken).ConfigureAwait(false);
        if (!opened.IsOk)
        {
            await ThrowUnlessMissingAsync(calls, opened, where, cancellationToken).ConfigureAwait(false);
            return false;
        }
        try
        {
            // At once, so that the size costs no time.
            Task<SftpAttributes> looking = calls.FileStatAsync(handle, where, cancellationToken);
            Task<(int Size, SftpStatus Status)> reading = offset < OffsetMax
                ? new SftpTransfer(calls, _settings.Line).ReadAsync(handle, offset, destination, cancellationToken)
                : Task.FromResult((0, default(SftpStatus)));
            await Task.WhenAll(looking, reading).ConfigureAwait(false);
            if ((await looking.ConfigureAwait(false)).SizeInBytes is { } size && offset > size - destination.Length)
            {
                throw new CorruptDataException(
                    $"{where}: ends before the range does: it has {size} bytes, {destination.Length} from {offset} were asked for.");
            }
            ThrowUnlessRead(await reading.ConfigureAwait(false), destination.Length, where);
            return true;
        }
        finally
        {
            calls.CloseLater(handle);
        }
    }

    /// <inheritdoc/>
    public ValueTask<byte[]?> GetWholeAsync(
        ObjectName name, long sizeInBytesMax, Hash256? expected, CancellationToken cancellationToken = default)
        => ReadWholeAsync(RepositoryLayout.PathOf(name), sizeInBytesMax, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        SftpCalls calls = await _dialer.ConnectAsync(cancellationToken).ConfigureAwait(false);
        string relativePath = RepositoryLayout.PathOf(name);
        SftpAttributes? found = await calls.StatAsync(
            _place.PathOf(relativePath), _place.Name(relativePath), cancellationToken).ConfigureAwait(false);
        if (found is not { } attributes)
        {
            await _place.ThrowIfGoneAsync(calls, cancellationToken).ConfigureAwait(false);
            return null;
        }
        return attributes.IsFile ? SizeOf(attributes, relativePath) : null;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        SftpCalls calls = await _dialer.ConnectAsync(cancellationToken).ConfigureAwait(false);
        string folder = ObjectName.FolderOf(kind);
        Queue<string> folders = new(kind == ObjectKind.Pack
            ? await ListPackFoldersAsync(calls, folder, cancellationToken).ConfigureAwait(false)
            : [folder]);
        using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Queue<Task<List<ObjectInfo>>> inFlight = [];
        try
        {
            while (folders.Count > 0 || inFlight.Count > 0)
            {
                while (inFlight.Count < FoldersInFlightMax && folders.TryDequeue(out string? next))
                {
                    inFlight.Enqueue(ListFolderAsync(calls, next, kind, stopping.Token));
                }
                foreach (ObjectInfo info in await inFlight.Dequeue().ConfigureAwait(false))
                {
                    yield return info;
                }
            }
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll((IEnumerable<Task>)inFlight).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await _place.ThrowIfGoneAsync(calls, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        SftpCalls calls = await _dialer.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await _writer.DeleteAsync(calls, name, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<long?> GetFreeSpaceInBytesAsync(CancellationToken cancellationToken = default)
    {
        SftpCalls calls = await _dialer.ConnectAsync(cancellationToken).ConfigureAwait(false);
        return await calls.FindFreeSpaceAsync(_place.Root, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<string?> RemovePlaceAsync(CancellationToken cancellationToken = default)
    {
        SftpCalls calls = await _dialer.ConnectAsync(cancellationToken).ConfigureAwait(false);
        _place.HasSeenHeader = false;
        return await _writer.RemovePlaceAsync(calls, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A flush that runs fails with its connection; nobody shall wait for a line that is dead.
        await _dialer.DisposeAsync().ConfigureAwait(false);
        await _flusher.StopAsync().ConfigureAwait(false);
    }

    private static void ThrowUnlessRead((int Size, SftpStatus Status) read, int sizeInBytes, string where)
    {
        if (read.Size < sizeInBytes)
        {
            throw read.Status.Code == SftpStatusCode.EndOfFile
                ? new CorruptDataException($"{where}: ends before the range does, {sizeInBytes - read.Size} bytes too early.")
                : read.Status.ToException("cannot read it", where);
        }
    }

    private async ValueTask<byte[]?> ReadWholeAsync(string relativePath, long sizeInBytesMax, CancellationToken cancellationToken)
    {
        SftpCalls calls = await _dialer.ConnectAsync(cancellationToken).ConfigureAwait(false);
        string path = _place.PathOf(relativePath);
        string where = _place.Name(relativePath);

        // The size is asked for by name, together with the opening: what is there under a name does not change.
        Task<(SftpStatus Status, byte[] Handle)> opening = calls.OpenAsync(path, cancellationToken);
        Task<SftpAttributes?> looking = calls.StatAsync(path, where, cancellationToken);
        await Task.WhenAll(opening, looking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        (SftpStatus opened, byte[] handle) = await opening.ConfigureAwait(false);
        if (!opened.IsOk)
        {
            await ThrowUnlessMissingAsync(calls, opened, where, cancellationToken).ConfigureAwait(false);
            return null;
        }
        try
        {
            if (await looking.ConfigureAwait(false) is not { } attributes)
            {
                return null;
            }
            long size = SizeOf(attributes, relativePath);
            if (size > Math.Min(sizeInBytesMax, Array.MaxLength))
            {
                throw new CorruptDataException($"{where}: {size} bytes; no such object is longer than {sizeInBytesMax}.");
            }
            byte[] content = new byte[size];
            ThrowUnlessRead(
                await new SftpTransfer(calls, _settings.Line).ReadAsync(handle, 0, content, cancellationToken).ConfigureAwait(false),
                content.Length, where);
            return content;
        }
        finally
        {
            calls.CloseLater(handle);
        }
    }

    private async Task ThrowUnlessMissingAsync(SftpCalls calls, SftpStatus status, string where, CancellationToken cancellationToken)
    {
        if (status.Code != SftpStatusCode.NoSuchFile)
        {
            throw status.ToException("cannot open it", where);
        }
        await _place.ThrowIfGoneAsync(calls, cancellationToken).ConfigureAwait(false);
    }

    private long SizeOf(SftpAttributes attributes, string relativePath)
        => attributes.SizeInBytes
            ?? throw new BackendException($"{_place.Name(relativePath)}: the server does not tell the size.", isTransient: false);

    private async Task<List<string>> ListPackFoldersAsync(SftpCalls calls, string folder, CancellationToken cancellationToken)
    {
        List<SftpEntry> entries = await calls.ReadFolderAsync(
            _place.PathOf(folder), _place.Name(folder), cancellationToken).ConfigureAwait(false) ?? [];
        return [.. entries.Select(static entry => entry.Name)
            .Where(static name => name.Length == 2 && name.All(char.IsAsciiHexDigitLower))
            .Select(name => $"{folder}/{name}")];
    }

    private async Task<List<ObjectInfo>> ListFolderAsync(SftpCalls calls, string folder, ObjectKind kind, CancellationToken cancellationToken)
    {
        List<ObjectInfo> found = [];
        foreach (SftpEntry entry in await calls.ReadFolderAsync(
            _place.PathOf(folder), _place.Name(folder), cancellationToken).ConfigureAwait(false) ?? [])
        {
            if (RepositoryLayout.TryParseFileName(entry.Name, kind, out ObjectName name)
                && RepositoryLayout.FolderOf(name) == folder && entry.Attributes.IsFile)
            {
                found.Add(new ObjectInfo(name, SizeOf(entry.Attributes, RepositoryLayout.PathOf(name))));
            }
        }
        if (found.Count > 0)
        {
            // What was shown is relied on: the next flush makes the names durable.
            _flusher.NoteFolder(folder);
        }
        return found;
    }
}
