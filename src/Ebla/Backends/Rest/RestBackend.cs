using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using Ebla.Backends.Http;
using Ebla.Primitives;

namespace Ebla.Backends.Rest;

/// <summary>Keeps objects on a server of restic's REST protocol (docs/backends/rest.md).</summary>
/// <remarks>What was put is as durable as the server makes it when it answers: the protocol knows no flush.</remarks>
internal sealed class RestBackend : IBackend
{
    private readonly HttpStore _store;
    private readonly HttpReading _reading;
    private readonly RestListing _listing;
    private readonly BrokenPuts _brokenPuts = new();
    private volatile bool _hasSeenHeader;

    public RestBackend(HttpStore store, int requestsInFlightMax)
    {
        _store = store;
        // To rclone, whatever goes wrong while it looks for an object is "not found".
        _reading = new HttpReading(store, (exchange, cancellationToken) =>
            RestListing.IsRclone(exchange) ? _listing!.CanListAsync(cancellationToken) : ValueTask.FromResult(true));
        _listing = new RestListing(store, _reading, requestsInFlightMax);
    }

    /// <summary>Ends what the store needs besides, after it.</summary>
    public Func<ValueTask> OnDispose { get; init; } = static () => ValueTask.CompletedTask;

    /// <inheritdoc/>
    /// <remarks>rest-server creates the header only once, rclone does not; which one it is shows only later.</remarks>
    public BackendCapabilities Capabilities { get; } =
        new(CanDelete: true, CanReadRanges: true, long.MaxValue, CanCreateHeaderOnce: false);

    /// <inheritdoc/>
    public string Location => _store.Place.ToString();

    /// <inheritdoc/>
    public async ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default)
    {
        byte[]? header = await _reading.GetWholeAsync(
            RestNames.Header, "read the header", RepositoryLayout.HeaderSizeInBytesMax, cancellationToken).ConfigureAwait(false);
        _hasSeenHeader |= header is not null;
        return header;
    }

    /// <inheritdoc/>
    public async ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(header.Length, RepositoryLayout.HeaderSizeInBytesMax, nameof(header));
        await ThrowIfExistsAsync(cancellationToken).ConfigureAwait(false);
        using (HttpExchange exchange = await _store.SendAsync(
            new HttpAsk(HttpMethod.Post, RestNames.Creation, "make the repository"), cancellationToken).ConfigureAwait(false))
        {
            if (!exchange.IsSuccess)
            {
                throw exchange.Status == HttpStatusCode.NotFound ? TooDeep(exchange) : exchange.Failure();
            }
        }
        HttpAsk ask = new(HttpMethod.Post, RestNames.Header, "write the header") { Content = new ReadOnlySequence<byte>(header) };
        using (HttpExchange exchange = await _store.SendAsync(ask, cancellationToken).ConfigureAwait(false))
        {
            if (!exchange.IsSuccess)
            {
                Exception failure = exchange.Failure();
                exchange.Dispose();
                await ThrowIfExistsAsync(cancellationToken).ConfigureAwait(false);
                throw failure;
            }
        }
        byte[]? now = await ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        if (!header.Span.SequenceEqual(now))
        {
            throw new RepositoryExistsException($"{Location}: somebody else made a repository here at the same time.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        Exception? refusal = await PostAsync(name, content, cancellationToken).ConfigureAwait(false);
        if (refusal is not null)
        {
            // The server does not overwrite, or it does not let us write at all.
            long? size = await GetSizeAsync(name, cancellationToken).ConfigureAwait(false);
            if (size is null)
            {
                throw refusal;
            }
            if (size != content.Length)
            {
                await DeleteAsync(name, cancellationToken).ConfigureAwait(false);
                refusal = await PostAsync(name, content, cancellationToken).ConfigureAwait(false);
                if (refusal is not null)
                {
                    throw refusal;
                }
            }
        }
        _brokenPuts.AddStored(name, content.Length);
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _brokenPuts.ThrowIfGoneAsync(_listing, Location, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected, CancellationToken cancellationToken = default)
        => _reading.GetAsync(RestNames.PathOf(name), $"read {name}", offset, destination, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<byte[]?> GetWholeAsync(
        ObjectName name, long sizeInBytesMax, Hash256? expected, CancellationToken cancellationToken = default)
        => _reading.GetWholeAsync(RestNames.PathOf(name), $"read {name}", sizeInBytesMax, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        long? size = await _reading.GetSizeAsync(RestNames.PathOf(name), $"look for {name}", cancellationToken).ConfigureAwait(false);
        if (size is { } found)
        {
            _brokenPuts.AddStored(name, found);
        }
        return size;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ObjectInfo>? found = await _listing.ListAsync(kind, cancellationToken).ConfigureAwait(false);
        if (found is null or [] && _hasSeenHeader
            && await GetHeaderSizeAsync(cancellationToken).ConfigureAwait(false) is null)
        {
            // A disk that the server lost looks like a repository without objects. It must not be taken for one.
            throw new BackendException($"{Location}: the repository that was here is gone.", isTransient: false);
        }
        foreach (ObjectInfo info in found ?? [])
        {
            yield return info;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        _brokenPuts.Forget(name);
        HttpAsk ask = new(HttpMethod.Delete, RestNames.PathOf(name), $"delete {name}");
        using HttpExchange exchange = await _store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
        if (exchange.Status == HttpStatusCode.Forbidden)
        {
            throw new BackendException(
                exchange.Describe("the server does not permit it; it may be in append-only mode (403)."), isTransient: false);
        }
        _ = await _reading.IsThereAsync(exchange, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<string?> RemovePlaceAsync(CancellationToken cancellationToken = default)
    {
        _hasSeenHeader = false;
        HttpAsk ask = new(HttpMethod.Delete, RestNames.Header, "remove the header");
        using HttpExchange exchange = await _store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
        _ = await _reading.IsThereAsync(exchange, cancellationToken).ConfigureAwait(false);
        return "empty folders may be left, which the protocol cannot remove";
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return OnDispose();
    }

    // Null if it is stored; what the server says if it does not want to.
    private async ValueTask<Exception?> PostAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        HttpAsk ask = new(HttpMethod.Post, RestNames.PathOf(name), $"write {name}") { Content = content };
        Exception failure;
        using (HttpExchange exchange = await SendAsync(ask, name, cancellationToken).ConfigureAwait(false))
        {
            switch (exchange.Status)
            {
                case var _ when exchange.IsSuccess:
                    return null;
                case HttpStatusCode.Forbidden or HttpStatusCode.Conflict:
                    return exchange.Failure();
                case HttpStatusCode.BadRequest:
                    throw new BackendException(
                        exchange.Describe("the server does not take it (400). rest-server takes it only with --no-verify-upload."),
                        isTransient: false);
                case HttpStatusCode.NotFound:
                    throw TooDeep(exchange);
                case HttpStatusCode.RequestTimeout or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout:
                    // Between us and the server a line broke all the same.
                    _brokenPuts.AddBroken(name);
                    throw exchange.Failure();
                default:
                    failure = exchange.Failure();
                    break;
            }
        }
        await RemoveTornAsync(name, content.Length, cancellationToken).ConfigureAwait(false);
        throw failure;
    }

    private async ValueTask<HttpExchange> SendAsync(HttpAsk ask, ObjectName name, CancellationToken cancellationToken)
    {
        try
        {
            return await _store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _brokenPuts.AddBroken(name);
            throw;
        }
    }

    // On a full disk rclone leaves an empty file under the name. Only a put that was answered is looked after: if rclone is asked before it
    // noticed that a line broke, it keeps the answer, and goes on showing the file that it removes then.
    private async ValueTask RemoveTornAsync(ObjectName name, long sizeInBytes, CancellationToken cancellationToken)
    {
        try
        {
            if (await GetSizeAsync(name, cancellationToken).ConfigureAwait(false) is { } size && size != sizeInBytes)
            {
                await DeleteAsync(name, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (EblaException)
        {
            // The failure that led here is the one to tell.
        }
    }

    private static BackendException TooDeep(HttpExchange exchange)
        => new(
            exchange.Describe("the server knows no such place (404). For rest-server the path of a repository may have one folder only."),
            isTransient: false);

    private ValueTask<long?> GetHeaderSizeAsync(CancellationToken cancellationToken)
        => _reading.GetSizeAsync(RestNames.Header, "read the header", cancellationToken);

    private async ValueTask ThrowIfExistsAsync(CancellationToken cancellationToken)
    {
        if (await GetHeaderSizeAsync(cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new RepositoryExistsException($"{Location}: there is a repository already.");
        }
    }
}
