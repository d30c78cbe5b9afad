using System.Buffers;
using System.Runtime.CompilerServices;
using Ebla.Backends.Http;
using Ebla.Primitives;

namespace Ebla.Backends.WebDav;

/// <summary>Keeps objects as files on a WebDAV server, laid out as in a local folder (docs/backends/webdav.md).</summary>
/// <remarks>What was put is as durable as the server makes it when it answers: WebDAV knows no flush.</remarks>
internal sealed class WebDavBackend : IBackend
{
    private readonly HttpStore _store;
    private readonly HttpReading _reading;
    private readonly WebDavListing _listing;
    private readonly WebDavWriter _writer;
    private volatile bool _hasSeenHeader;

    public WebDavBackend(HttpStore store, int requestsInFlightMax)
    {
        _store = store;
        _reading = new HttpReading(store, static (_, _) => ValueTask.FromResult(true));
        _listing = new WebDavListing(store, _reading, requestsInFlightMax, ThrowIfGoneAsync);
        _writer = new WebDavWriter(store, _reading);
    }

    /// <inheritdoc/>
    /// <remarks>The protocol has nothing that creates a file only once on every server, and nothing that makes one durable.</remarks>
    public BackendCapabilities Capabilities { get; } =
        new(CanDelete: true, CanReadRanges: true, long.MaxValue, CanCreateHeaderOnce: false, IsDurableOnceFlushed: false);

    /// <inheritdoc/>
    public string Location => _store.Place.ToString();

    /// <inheritdoc/>
    public async ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default)
    {
        byte[]? header = await _reading.GetWholeAsync(
            RepositoryLayout.HeaderName, "read the header", RepositoryLayout.HeaderSizeInBytesMax, cancellationToken).ConfigureAwait(false);
        _hasSeenHeader |= header is not null;
        return header;
    }

    /// <inheritdoc/>
    public async ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(header.Length, RepositoryLayout.HeaderSizeInBytesMax, nameof(header));
        await _writer.CreateHeaderAsync(header, cancellationToken).ConfigureAwait(false);
        _hasSeenHeader = true;
    }

    /// <inheritdoc/>
    public ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
        => _writer.PutAsync(RepositoryLayout.PathOf(name), content, cancellationToken);

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected, CancellationToken cancellationToken = default)
        => _reading.GetAsync(RepositoryLayout.PathOf(name), $"read {name}", offset, destination, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<byte[]?> GetWholeAsync(
        ObjectName name, long sizeInBytesMax, Hash256? expected, CancellationToken cancellationToken = default)
        => _reading.GetWholeAsync(RepositoryLayout.PathOf(name), $"read {name}", sizeInBytesMax, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
        => _reading.GetSizeAsync(RepositoryLayout.PathOf(name), $"look for {name}", cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ObjectInfo info in _listing.ListAsync(kind, cancellationToken).ConfigureAwait(false))
        {
            yield return info;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        HttpAsk ask = new(HttpMethod.Delete, RepositoryLayout.PathOf(name), $"delete {name}");
        using HttpExchange exchange = await _store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
        _ = await _reading.IsThereAsync(exchange, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<long?> GetFreeSpaceInBytesAsync(CancellationToken cancellationToken = default)
        => _listing.GetFreeSpaceInBytesAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<string?> RemovePlaceAsync(CancellationToken cancellationToken = default)
    {
        _hasSeenHeader = false;
        HttpAsk ask = new(HttpMethod.Delete, _store.Place.Root.AbsolutePath, "remove the folder");
        using HttpExchange exchange = await _store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
        _ = await _reading.IsThereAsync(exchange, cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    // A disk that the server lost looks like a repository without objects. It must not be taken for one.
    private async ValueTask ThrowIfGoneAsync(CancellationToken cancellationToken)
    {
        if (_hasSeenHeader
            && await _reading.GetSizeAsync(RepositoryLayout.HeaderName, "read the header", cancellationToken).ConfigureAwait(false) is null)
        {
            throw new BackendException($"{Location}: the repository that was here is gone.", isTransient: false);
        }
    }
}
