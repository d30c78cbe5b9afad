using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Ebla.Primitives;

namespace Ebla.Backends.Http;

/// <summary>Reads objects that a web server keeps, one a path, whole and in parts.</summary>
/// <param name="store">The server.</param>
/// <param name="isMissing">Whether an answer of 404 means what it says; not asked for other answers.</param>
internal sealed class HttpReading(HttpStore store, Func<HttpExchange, CancellationToken, ValueTask<bool>> isMissing)
{
    // Skipping what a server without ranges sends before the wanted part.
    private const int SkippedAtOnceInBytes = 64 << 10;

    /// <summary>All bytes, or null if there is nothing. Throws <see cref="CorruptDataException"/> if there are more than the most allowed.</summary>
    public async ValueTask<byte[]?> GetWholeAsync(string path, string purpose, long sizeInBytesMax, CancellationToken cancellationToken)
    {
        HttpAsk ask = new(HttpMethod.Get, path, purpose);
        using HttpExchange exchange = await store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
        if (!await IsThereAsync(exchange, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }
        if (exchange.Status != HttpStatusCode.OK)
        {
            throw Unexpected(exchange);
        }
        if (exchange.Length > sizeInBytesMax)
        {
            throw TooLong(exchange, sizeInBytesMax);
        }
        using BodyStream body = await exchange.OpenBodyAsync().ConfigureAwait(false);
        if (exchange.Length is { } length)
        {
            byte[] content = new byte[length];
            return await body.ReadUpToAsync(content).ConfigureAwait(false) == content.Length
                ? content
                : throw new BackendException(exchange.Describe("the answer ended early."), isTransient: true);
        }
        using MemoryStream gathered = new();
        byte[] part = new byte[SkippedAtOnceInBytes];
        for (int count; (count = await body.ReadUpToAsync(part).ConfigureAwait(false)) > 0;)
        {
            gathered.Write(part, 0, count);
            if (gathered.Length > sizeInBytesMax)
            {
                throw TooLong(exchange, sizeInBytesMax);
            }
        }
        return gathered.ToArray();
    }

    /// <summary>Fills the destination from an offset; false if there is no such object.</summary>
    /// <exception cref="CorruptDataException">The object ends before the range does.</exception>
    public async ValueTask<bool> GetAsync(
        string path, string purpose, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (destination.IsEmpty)
        {
            return await GetSizeAsync(path, purpose, cancellationToken).ConfigureAwait(false) is { } size
                && (offset <= size ? true : throw EndsBefore(purpose, size, offset, 0));
        }
        long last = offset > long.MaxValue - destination.Length ? long.MaxValue : offset + destination.Length - 1;
        HttpAsk ask = new(HttpMethod.Get, path, purpose) { Range = (offset, last) };
        using HttpExchange exchange = await store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
        // rclone answers 206 to what lies beyond the end, or 404 if it lies very far, but says the size.
        long? total = TotalIn(exchange);
        if (exchange.Status == HttpStatusCode.RequestedRangeNotSatisfiable || offset > total - destination.Length)
        {
            throw EndsBefore(purpose, total, offset, destination.Length);
        }
        if (!await IsThereAsync(exchange, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }
        ContentRangeHeaderValue? range = exchange.Response.Content.Headers.ContentRange;
        long toSkip = 0;
        if (exchange.Status == HttpStatusCode.OK)
        {
            // This server sends all, whatever it is asked for.
            if (exchange.Length is { } length && offset > length - destination.Length)
            {
                throw EndsBefore(purpose, length, offset, destination.Length);
            }
            toSkip = offset;
        }
        else if (exchange.Status != HttpStatusCode.PartialContent)
        {
            throw Unexpected(exchange);
        }
        else if (range is not { HasRange: true } || range.From != offset || range.To != last
            || exchange.Length is { } all && all != destination.Length)
        {
            throw new BackendException(
                exchange.Describe($"bytes {offset} to {last} were asked for, '{range?.ToString() ?? "an unnamed part"}' came."), isTransient: false);
        }
        using BodyStream body = await exchange.OpenBodyAsync().ConfigureAwait(false);
        byte[] skipped = new byte[Math.Min(toSkip, SkippedAtOnceInBytes)];
        while (toSkip > 0)
        {
            int count = await body.ReadUpToAsync(skipped.AsMemory(0, (int)Math.Min(toSkip, skipped.Length))).ConfigureAwait(false);
            toSkip = count > 0 ? toSkip - count : throw EndsBefore(purpose, null, offset, destination.Length);
        }
        if (await body.ReadUpToAsync(destination).ConfigureAwait(false) < destination.Length)
        {
            throw exchange.Status == HttpStatusCode.OK
                ? EndsBefore(purpose, null, offset, destination.Length)
                : new BackendException(exchange.Describe("the answer ended early."), isTransient: true);
        }
        return true;
    }

    /// <summary>The size in bytes, or null if there is no such object.</summary>
    public async ValueTask<long?> GetSizeAsync(string path, string purpose, CancellationToken cancellationToken)
    {
        HttpAsk ask = new(HttpMethod.Head, path, purpose);
        using HttpExchange exchange = await store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
        if (!await IsThereAsync(exchange, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }
        if (exchange.Length is { } length)
        {
            return length;
        }
        exchange.Dispose();
        return await AskForByteAsync(path, purpose, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether the answer is a success (true) or says that there is no such thing (false). Any other failure is thrown.</summary>
    public async ValueTask<bool> IsThereAsync(HttpExchange exchange, CancellationToken cancellationToken)
    {
        if (exchange.IsSuccess)
        {
            return exchange.Response.Content.Headers.ContentEncoding.All(static encoding => encoding == "identity")
                ? true
                : throw new BackendException(exchange.Describe("the server, or a proxy, changes the bytes on the way."), isTransient: false);
        }
        if (exchange.Status is not (HttpStatusCode.NotFound or HttpStatusCode.Gone))
        {
            throw exchange.Failure();
        }
        // To find out may take another request, for which there must be room.
        exchange.Dispose();
        return await isMissing(exchange, cancellationToken).ConfigureAwait(false)
            ? false
            : throw exchange.Explain(new BackendException(exchange.Describe("the server cannot tell whether it is there."), isTransient: true));
    }

    // Apache does not say in an answer to HEAD how long an empty file is.
    private async ValueTask<long?> AskForByteAsync(string path, string purpose, CancellationToken cancellationToken)
    {
        HttpAsk ask = new(HttpMethod.Get, path, purpose) { Range = (0, 0) };
        using HttpExchange exchange = await store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
        long? size = exchange.Status == HttpStatusCode.OK ? exchange.Length : TotalIn(exchange);
        return size is null && !await IsThereAsync(exchange, cancellationToken).ConfigureAwait(false)
            ? null
            : size ?? throw new BackendException(exchange.Describe("the server does not say how long it is."), isTransient: false);
    }

    // What follows the slash in "bytes 0-9/100".
    private static long? TotalIn(HttpExchange exchange)
        => exchange.Response.Content.Headers.TryGetValues("Content-Range", out IEnumerable<string>? values)
            && values.First() is { } text
            && long.TryParse(text.AsSpan(text.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long total)
            ? total
            : null;

    private static BackendException Unexpected(HttpExchange exchange)
        => new(exchange.Describe($"the server says {(int)exchange.Status} ({exchange.Status})."), isTransient: false);

    private static CorruptDataException TooLong(HttpExchange exchange, long sizeInBytesMax)
        => new(exchange.Describe($"it is longer than {sizeInBytesMax} bytes, which such an object never is."));

    private CorruptDataException EndsBefore(string purpose, long? size, long offset, int length)
        => new($"{store.Place}: cannot {purpose}: it ends before the range does: "
            + $"it has {size?.ToString(CultureInfo.InvariantCulture) ?? "fewer"} bytes, {length} from {offset} were asked for.");
}
