using System.Buffers;
using System.Runtime.CompilerServices;
using Ebla.Primitives;
using Microsoft.Win32.SafeHandles;

namespace Ebla.Backends.Local;

/// <summary>Keeps objects as files in a folder (docs/format.md, section 2). Linux only.</summary>
/// <remarks>
/// What is put appears at the flush. New folders and files are for their owner alone. Several processes may use one folder. Reading
/// needs no right to write.
/// </remarks>
public sealed class LocalBackend : IBackend
{
    private readonly FolderTree _folders;
    private readonly LocalWriter _writer;
    private volatile bool _hasSeenHeader;

    private LocalBackend(string path)
    {
        Location = path;
        _folders = new FolderTree(path);
        _writer = new LocalWriter(path, _folders);
    }

    /// <inheritdoc/>
    public BackendCapabilities Capabilities { get; } = new(CanDelete: true, CanReadRanges: true, long.MaxValue);

    /// <summary>The path of the folder.</summary>
    public string Location { get; }

    /// <summary>A back-end for a folder, which need not be there. Touches nothing.</summary>
    /// <param name="path">Fully qualified; not normalised, since <c>..</c> after a link means what the kernel says.</param>
    public static LocalBackend Open(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("A repository in a local folder needs Linux.");
        }
        if (!Path.IsPathFullyQualified(path) || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("A full path is needed.", nameof(path));
        }
        string trimmed = Path.TrimEndingDirectorySeparator(path);
        return trimmed == "/"
            ? throw new ArgumentException("The root folder cannot hold a repository.", nameof(path))
            : new LocalBackend(trimmed);
    }

    /// <inheritdoc/>
    public ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string path = _folders.PathOf(RepositoryLayout.HeaderName);
        long sizeInBytes = 0;

        // A file in the place of the folder holds no repository.
        using SafeFileHandle? file = File.Exists(Location) ? null : PosixFile.OpenForReading(path, out sizeInBytes);
        if (file is null)
        {
            return ValueTask.FromResult<byte[]?>(null);
        }
        if (sizeInBytes > RepositoryLayout.HeaderSizeInBytesMax)
        {
            throw new CorruptDataException($"{path}: too large for a header: {sizeInBytes} bytes.");
        }
        byte[] header = new byte[sizeInBytes];
        if (PosixFile.ReadAt(file, path, header, 0) < header.Length)
        {
            throw new CorruptDataException($"{path}: the header ends before its {sizeInBytes} bytes do.");
        }
        _hasSeenHeader = true;
        return ValueTask.FromResult<byte[]?>(header);
    }

    /// <inheritdoc/>
    public async ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(header.Length, RepositoryLayout.HeaderSizeInBytesMax, nameof(header));
        await Task.Run(() => _writer.CreateHeaderAsync(header, cancellationToken), cancellationToken).ConfigureAwait(false);
        _hasSeenHeader = true;
    }

    /// <inheritdoc/>
    public ValueTask PutAsync(
        ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
        => new(Task.Run(
            () =>
            {
                ThrowIfGone();
                return _writer.PutAsync(name, content, cancellationToken);
            },
            cancellationToken));

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask(_writer.FlushAsync().WaitAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        string path = PathOf(name);
        using SafeFileHandle? file = PosixFile.OpenForReading(path, out long sizeInBytes);
        if (file is null)
        {
            ThrowIfGone();
            return ValueTask.FromResult(false);
        }
        if (offset > sizeInBytes - destination.Length
            || PosixFile.ReadAt(file, path, destination.Span, offset) < destination.Length)
        {
            throw new CorruptDataException(
                $"{path}: ends before the range does: it has {sizeInBytes} bytes, "
                + $"{destination.Length} from {offset} were asked for.");
        }
        return ValueTask.FromResult(true);
    }

    /// <inheritdoc/>
    public ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long? sizeInBytes = PosixFile.SizeOf(PathOf(name));
        if (sizeInBytes is null)
        {
            ThrowIfGone();
        }
        return ValueTask.FromResult(sizeInBytes);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string folder = ObjectName.FolderOf(kind);
        List<string> parts = kind == ObjectKind.Pack
            ? await Task.Run(() => ListPackFolders(folder), cancellationToken).ConfigureAwait(false)
            : [folder];
        foreach (string part in parts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<ObjectInfo> found = await Task.Run(() => ListFolder(part, kind), cancellationToken).ConfigureAwait(false);
            foreach (ObjectInfo info in found)
            {
                yield return info;
            }
        }
        ThrowIfGone();
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _writer.DeleteAsync(name).ConfigureAwait(false);
        ThrowIfGone();
    }

    /// <inheritdoc/>
    public ValueTask<long?> GetFreeSpaceInBytesAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return ValueTask.FromResult<long?>(new DriveInfo(Location).AvailableFreeSpace);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ValueTask.FromResult<long?>(null);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string?> RemovePlaceAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // It holds a folder under tmp/.
        await _writer.DisposeAsync().ConfigureAwait(false);
        _hasSeenHeader = false;
        _ = PosixFile.Delete(_folders.PathOf(RepositoryLayout.HeaderName));
        string[] folders =
        [
            .. Enumerable.Range(0, RepositoryLayout.PackFolderCount).Select(static number => $"{ObjectName.FolderOf(ObjectKind.Pack)}/{number:x2}"),
            .. RepositoryLayout.Kinds.Select(ObjectName.FolderOf), RepositoryLayout.TempFolder,
        ];
        foreach (string folder in folders)
        {
            PosixFile.DeleteFolderIfEmpty(_folders.PathOf(folder));
        }
        PosixFile.DeleteFolderIfEmpty(Location);
        return PosixFile.IsMissing(Location) ? null : "not empty, and left";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        _folders.Dispose();
    }

    private string PathOf(ObjectName name) => _folders.PathOf(RepositoryLayout.PathOf(name));

    private List<string> ListPackFolders(string folder)
    {
        List<string> found = [];
        foreach (string fileName in NamesIn(folder))
        {
            if (fileName.Length == 2 && fileName.All(char.IsAsciiHexDigitLower))
            {
                found.Add($"{folder}/{fileName}");
            }
        }
        return found;
    }

    private List<ObjectInfo> ListFolder(string relativePath, ObjectKind kind)
    {
        List<ObjectInfo> found = [];
        string path = _folders.PathOf(relativePath);
        using SafeFileHandle? folder = PosixFile.OpenFolder(path);
        if (folder is null)
        {
            return found;
        }
        foreach (string fileName in NamesIn(relativePath))
        {
            if (RepositoryLayout.TryParseFileName(fileName, kind, out ObjectName name)
                && RepositoryLayout.FolderOf(name) == relativePath
                && PosixFile.SizeIn(folder, fileName, path) is { } sizeInBytes)
            {
                found.Add(new ObjectInfo(name, sizeInBytes));
            }
        }
        // What was shown is relied on: the next flush makes the names durable.
        _folders.MarkUnsynced(relativePath);
        return found;
    }

    private IEnumerable<string> NamesIn(string relativePath)
    {
        string path = _folders.PathOf(relativePath);
        if (PosixFile.IsMissing(path))
        {
            return [];
        }
        if (!PosixFile.IsFolder(path))
        {
            throw PosixError.From(PosixError.NotAFolder, "cannot list it", path);
        }
        try
        {
            return Directory.GetFileSystemEntries(path).Select(static entry => Path.GetFileName(entry));
        }
        catch (DirectoryNotFoundException)
        {
            // It went meanwhile.
            return [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BackendException($"{path}: cannot list it: {exception.Message}", isTransient: false, exception);
        }
    }

    // An unmounted disk leaves an empty folder. That must not look like a repository without objects, nor be filled.
    private void ThrowIfGone()
    {
        if (_hasSeenHeader && PosixFile.SizeOf(_folders.PathOf(RepositoryLayout.HeaderName)) is null)
        {
            throw new BackendException(
                $"{Location}: the repository that was here is gone. Is the disk still mounted?", isTransient: false);
        }
    }
}
