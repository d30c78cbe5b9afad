using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using Ebla.Backends.Http;
using Ebla.Hashing;
using Ebla.Primitives;

namespace Ebla.Backends.Rest;

/// <summary>Keeps objects on a server of restic's REST protocol (docs/backends/rest.md).</summary>
/// <remarks>What was put is as durable as the server makes it when it answers: the protocol knows no flush.</remarks>
internal sealed class RestBackend : IBackend
{
    private static readonly TimeSpan RemovalTimeMax = TimeSpan.FromSeconds(10);

    private readonly HttpStore _store;
    private readonly HttpReading _reading;
    private readonly RestListing _listing;
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
        HttpAsk ask = new(HttpMethod.Post, RestNames.PathOf(name), $"write {name}") { Content = content };
        try
        {
            await PutAsync(ask, name, content.Length, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is EblaException or OperationCanceledException)
        {
            await RemoveTornAsync(name, content.Length).ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask PutAsync(HttpAsk ask, ObjectName name, long sizeInBytes, CancellationToken cancellationToken)
    {
        Exception? refusal = await PostAsync(ask, cancellationToken).ConfigureAwait(false);
        if (refusal is null)
        {
            return;
        }
        // The server does not overwrite, or it does not let us write at all.
        long? size = await GetSizeAsync(name, cancellationToken).ConfigureAwait(false);
        if (size == sizeInBytes)
        {
            return;
        }
        if (size is null)
        {
            throw refusal;
        }
        await DeleteAsync(name, cancellationToken).ConfigureAwait(false);
        refusal = await PostAsync(ask, cancellationToken).ConfigureAwait(false);
        if (refusal is not null)
        {
            throw refusal;
        }
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
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
    public ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
        => _reading.GetSizeAsync(RestNames.PathOf(name), $"look for {name}", cancellationToken);

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

    // On a full disk rclone leaves an empty file under the name. Of a line that broke it may leave one of the right size, which it sets first.
    private async ValueTask RemoveTornAsync(ObjectName name, long sizeInBytes)
    {
        using CancellationTokenSource timeout = new(RemovalTimeMax);
        try
        {
            if (await GetSizeAsync(name, timeout.Token).ConfigureAwait(false) is { } size
                && (size != sizeInBytes || !await IsWholeAsync(name, size, timeout.Token).ConfigureAwait(false)))
            {
                await DeleteAsync(name, timeout.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is EblaException or OperationCanceledException)
        {
            // The failure that led here is the one to tell.
        }
    }

    private async ValueTask<bool> IsWholeAsync(ObjectName name, long sizeInBytes, CancellationToken cancellationToken)
        => await GetWholeAsync(name, sizeInBytes, null, cancellationToken).ConfigureAwait(false) is not { } content
            || new ObjectId(Blake3.Hash(content)) == name.Id;

    // Null if it is stored; what the server says if it does not want to.
    private async ValueTask<Exception?> PostAsync(HttpAsk ask, CancellationToken cancellationToken)
    {
        using HttpExchange exchange = await _store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
        return exchange.Status switch
        {
            _ when exchange.IsSuccess => null,
            HttpStatusCode.Forbidden or HttpStatusCode.Conflict => exchange.Failure(),
            HttpStatusCode.BadRequest => throw new BackendException(
                exchange.Describe("the server does not take it (400). rest-server takes it only with --no-verify-upload."), isTransient: false),
            HttpStatusCode.NotFound => throw TooDeep(exchange),
            _ => throw exchange.Failure(),
        };
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
