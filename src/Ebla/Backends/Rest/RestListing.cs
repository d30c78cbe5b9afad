using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ebla.Backends.Http;
using Ebla.Primitives;

namespace Ebla.Backends.Rest;

/// <summary>Lists objects: version 2 of the protocol, with sizes, or version 1, with a question for each.</summary>
internal sealed class RestListing(HttpStore store, HttpReading reading, int requestsInFlightMax)
{
    // Of packs of 16 MiB this is 256 TiB. A listing is gathered whole, since whoever asked may stop to do something else.
    private const int ObjectsMax = 16 << 20;

    private const int ItemSizeInBytesMax = 1 << 20;

    private const string Version2 = "application/vnd.x.restic.rest.v2";

    /// <summary>All objects of a kind; null if the server has no folder for them.</summary>
    public async ValueTask<List<ObjectInfo>?> ListAsync(ObjectKind kind, CancellationToken cancellationToken)
    {
        string folder = RestNames.FolderOf(kind);
        HttpAsk ask = new(HttpMethod.Get, $"{folder}/", $"list {folder}") { Headers = [("Accept", Version2)] };
        List<string> names = [];
        using (HttpExchange exchange = await store.SendAsync(ask, cancellationToken).ConfigureAwait(false))
        {
            if (exchange.Status == HttpStatusCode.NotFound && !IsRclone(exchange))
            {
                return null;
            }
            if (exchange.Status != HttpStatusCode.OK)
            {
                // rclone says so if it could not list; where there is nothing it gives an empty listing.
                throw exchange.Status == HttpStatusCode.NotFound
                    ? exchange.Explain(new BackendException(exchange.Describe("the server cannot list."), isTransient: true))
                    : exchange.Failure();
            }
            using BodyStream body = await exchange.OpenBodyAsync().ConfigureAwait(false);
            if (exchange.Response.Content.Headers.ContentType?.MediaType == Version2)
            {
                Dictionary<ObjectName, long> found = [];
                await foreach (RestListItem item in ReadAsync(body, RestJson.Default.RestListItem, exchange.Describe).ConfigureAwait(false))
                {
                    if (item.Size is not >= 0)
                    {
                        throw NotUnderstood(exchange.Describe, "a size is missing.", null);
                    }
                    if (RepositoryLayout.TryParseFileName(item.Name, kind, out ObjectName name))
                    {
                        found[name] = item.Size.Value;
                    }
                }
                return [.. found.Select(static pair => new ObjectInfo(pair.Key, pair.Value))];
            }
            await foreach (string name in ReadAsync(body, RestJson.Default.String, exchange.Describe).ConfigureAwait(false))
            {
                names.Add(name);
            }
        }
        return await AskSizesAsync(names, kind, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether the server lists its smallest folder: then what it says to be missing is missing.</summary>
    public async ValueTask<bool> CanListAsync(CancellationToken cancellationToken)
    {
        string folder = RestNames.FolderOf(ObjectKind.Session);
        HttpAsk ask = new(HttpMethod.Get, $"{folder}/", $"list {folder}") { Headers = [("Accept", Version2)] };
        using HttpExchange exchange = await store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
        return exchange.IsSuccess;
    }

    public static bool IsRclone(HttpExchange exchange)
        => exchange.Response.Headers.TryGetValues("Server", out IEnumerable<string>? values)
            && values.Any(static value => value.StartsWith("rclone", StringComparison.Ordinal));

    private async ValueTask<List<ObjectInfo>> AskSizesAsync(List<string> names, ObjectKind kind, CancellationToken cancellationToken)
    {
        List<ObjectInfo> found = [];
        foreach (string[] some in names.Distinct().Chunk(requestsInFlightMax))
        {
            ObjectInfo?[] sized = await Task.WhenAll(some.Select(async text =>
            {
                long? size = RepositoryLayout.TryParseFileName(text, kind, out ObjectName name)
                    ? await reading.GetSizeAsync(RestNames.PathOf(name), $"list {name}", cancellationToken).ConfigureAwait(false)
                    : null;
                return size is { } known ? new ObjectInfo(name, known) : (ObjectInfo?)null;
            })).ConfigureAwait(false);
            found.AddRange(sized.OfType<ObjectInfo>());
        }
        return found;
    }

    private static async IAsyncEnumerable<T> ReadAsync<T>(BodyStream body, JsonTypeInfo<T> type, Func<string, string> describe)
        where T : class
    {
        body.BeginItem(ItemSizeInBytesMax);
        IAsyncEnumerator<T?> items = JsonSerializer.DeserializeAsyncEnumerable(body, type).GetAsyncEnumerator();
        await using (items.ConfigureAwait(false))
        {
            for (int count = 0; ; count++)
            {
                try
                {
                    if (!await items.MoveNextAsync().ConfigureAwait(false))
                    {
                        yield break;
                    }
                }
                catch (JsonException exception)
                {
                    throw NotUnderstood(describe, exception.Message, exception);
                }
                body.BeginItem(ItemSizeInBytesMax);
                yield return count < ObjectsMax
                    ? items.Current ?? throw NotUnderstood(describe, "an entry is empty.", null)
                    : throw NotUnderstood(describe, $"it has more than {ObjectsMax} entries.", null);
            }
        }
    }

    private static BackendException NotUnderstood(Func<string, string> describe, string reason, Exception? inner)
        => new(describe($"the server's listing is not as it should be: {reason}"), isTransient: false, inner);
}
