using System.Buffers;
using System.Runtime.CompilerServices;
using Ebla.Backends.Locations;
using Ebla.Primitives;

namespace Ebla.Backends.S3;

/// <summary>Objects in a bucket, each put by one request. What was put is durable, so that flushing is nothing.</summary>
/// <remarks>One attempt each; decorators repeat. docs/adr/0028 says what each server does differently.</remarks>
internal sealed class S3Backend : IBackend
{
    // The largest that one request may put, on every server.
    private const long ObjectSizeInBytesMax = 5L << 30;

    private readonly S3Location _location;
    private readonly S3Requests _requests;
    private readonly S3Header _header;

    public S3Backend(S3Location location, S3Options options, BackendSettings settings)
    {
        _location = location;
        _requests = new S3Requests(location, options, settings, TimeProvider.System);
        _header = new S3Header(_requests);
    }

    /// <inheritdoc/>
    public BackendCapabilities Capabilities => new(
        CanDelete: true, CanReadRanges: true, ObjectSizeInBytesMax, CanCreateHeaderOnce: _header.CanCreateOnce,
        LocksObjects: _requests.LocksObjects);

    /// <inheritdoc/>
    public string Location => _location.ToString();

    /// <inheritdoc/>
    public ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default) => _header.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(header.Length, RepositoryLayout.HeaderSizeInBytesMax, nameof(header));
        return _header.CreateAsync(header, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask PutAsync(
        ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, ObjectSizeInBytesMax, nameof(content));
        Task<bool> PutAsync() => _requests.PutAsync(RepositoryLayout.PathOf(name), content, name.Kind, cancellationToken);
        // The keys of a new repository come before its header. Where a header was, a missing bucket is no reason to make one.
        await (_header.WasSeen ? PutAsync() : _requests.InBucketAsync(PutAsync, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        string path = RepositoryLayout.PathOf(name);
        if (destination.IsEmpty || offset > ObjectSizeInBytesMax)
        {
            // No range can say this.
            return await GetSizeAsync(name, cancellationToken).ConfigureAwait(false) is { } sizeInBytes
                && (offset <= sizeInBytes - destination.Length
                    ? true
                    : throw new CorruptDataException($"{name} ends before the bytes asked for."));
        }
        return await _requests.GetRangeAsync(path, offset, destination, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<byte[]?> GetWholeAsync(
        ObjectName name, long sizeInBytesMax, Hash256? expected, CancellationToken cancellationToken = default)
        => _requests.GetWholeAsync(RepositoryLayout.PathOf(name), sizeInBytesMax, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
        => _requests.GetSizeAsync(RepositoryLayout.PathOf(name), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string folder = ObjectName.FolderOf(kind) + "/";
        await foreach ((string path, long sizeInBytes) in _requests.ListAsync(folder, cancellationToken).ConfigureAwait(false))
        {
            // A name in another folder than its own is foreign.
            if (RepositoryLayout.TryParseFileName(path[(path.LastIndexOf('/') + 1)..], kind, out ObjectName name)
                && RepositoryLayout.PathOf(name) == path)
            {
                yield return new ObjectInfo(name, sizeInBytes);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
        => _requests.DeleteAsync(RepositoryLayout.PathOf(name), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<string?> RemovePlaceAsync(CancellationToken cancellationToken = default)
    {
        await _requests.DeleteAsync(RepositoryLayout.HeaderName, cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _requests.Dispose();
        return ValueTask.CompletedTask;
    }
}
