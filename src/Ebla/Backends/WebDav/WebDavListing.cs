using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Ebla.Backends.Http;
using Ebla.Primitives;

namespace Ebla.Backends.WebDav;

/// <summary>Lists folders of a WebDAV server, several at once.</summary>
/// <param name="store">The server.</param>
/// <param name="reading">Tells sizes, where listings do not.</param>
/// <param name="foldersAtOnceMax">How many folders are listed at once.</param>
/// <param name="onMissingFolder">Asked when a folder is missing; throws if that cannot be.</param>
internal sealed class WebDavListing(
    HttpStore store, HttpReading reading, int foldersAtOnceMax, Func<CancellationToken, ValueTask> onMissingFolder)
{
    // A server that walks a folder while a file in it goes may answer 404 for the whole (Apache does).
    private const int AttemptsMax = 4;

    private static readonly HttpMethod PropFind = new("PROPFIND");

    private static readonly ReadOnlySequence<byte> Properties = new(Encoding.UTF8.GetBytes(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
        + "<propfind xmlns=\"DAV:\"><prop><resourcetype/><getcontentlength/></prop></propfind>"));

    private static readonly ReadOnlySequence<byte> Quota = new(Encoding.UTF8.GetBytes(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><propfind xmlns=\"DAV:\"><prop><quota-available-bytes/></prop></propfind>"));

    /// <summary>What asks for a folder (depth 0), or for it and all in it (depth 1).</summary>
    public static HttpAsk Question(string path, int depth, string purpose) => new(PropFind, path, purpose)
    {
        Content = Properties,
        ContentType = "application/xml; charset=utf-8",
        Headers = [("Depth", depth == 0 ? "0" : "1")],
    };

    /// <summary>All objects of a kind.</summary>
    public async IAsyncEnumerable<ObjectInfo> ListAsync(ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string top = ObjectName.FolderOf(kind);
        if (kind != ObjectKind.Pack)
        {
            foreach (ObjectInfo info in await ListFolderAsync(top, kind, cancellationToken).ConfigureAwait(false))
            {
                yield return info;
            }
            yield break;
        }
        List<DavEntry> entries = await EntriesInAsync(top, cancellationToken).ConfigureAwait(false);
        Queue<string> waiting = new(entries
            .Where(static entry => entry.IsFolder && entry.Name.Length == 2 && entry.Name.All(char.IsAsciiHexDigitLower))
            .Select(entry => $"{top}/{entry.Name}")
            .Distinct());
        Queue<Task<List<ObjectInfo>>> running = new();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (waiting.Count + running.Count > 0)
            {
                while (waiting.Count > 0 && running.Count < foldersAtOnceMax)
                {
                    running.Enqueue(ListFolderAsync(waiting.Dequeue(), kind, stop.Token));
                }
                foreach (ObjectInfo info in await running.Dequeue().ConfigureAwait(false))
                {
                    yield return info;
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(running.Cast<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What the server says can still be stored, or null.</summary>
    public async ValueTask<long?> GetFreeSpaceInBytesAsync(CancellationToken cancellationToken)
    {
        HttpAsk ask = Question("", depth: 0, "ask for the free space") with { Content = Quota };
        using HttpExchange exchange = await store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
        if (exchange.Status != HttpStatusCode.MultiStatus)
        {
            return null;
        }
        using BodyStream body = await exchange.OpenBodyAsync().ConfigureAwait(false);
        await foreach (DavEntry entry in Multistatus.ReadAsync(body, exchange.Describe).ConfigureAwait(false))
        {
            return entry.FreeSpaceInBytes;
        }
        return null;
    }

    private async Task<List<ObjectInfo>> ListFolderAsync(string folder, ObjectKind kind, CancellationToken cancellationToken)
    {
        List<DavEntry> entries = await EntriesInAsync(folder, cancellationToken).ConfigureAwait(false);
        List<ObjectInfo> found = new(entries.Count);
        HashSet<ObjectName> seen = new(entries.Count);
        foreach (DavEntry entry in entries)
        {
            if (entry.IsFolder
                || !RepositoryLayout.TryParseFileName(entry.Name, kind, out ObjectName name)
                || RepositoryLayout.FolderOf(name) != folder
                || !seen.Add(name))
            {
                continue;
            }
            string path = RepositoryLayout.PathOf(name);
            long? size = entry.SizeInBytes ?? await reading.GetSizeAsync(path, $"list {path}", cancellationToken).ConfigureAwait(false);
            if (size is { } known)
            {
                found.Add(new ObjectInfo(name, known));
            }
        }
        return found;
    }

    // None if there is no such folder.
    private async ValueTask<List<DavEntry>> EntriesInAsync(string folder, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            HttpAsk ask = Question($"{folder}/", depth: 1, $"list {folder}");
            using (HttpExchange exchange = await store.SendAsync(ask, cancellationToken).ConfigureAwait(false))
            {
                if (exchange.Status == HttpStatusCode.MultiStatus)
                {
                    List<DavEntry> entries = [];
                    using BodyStream body = await exchange.OpenBodyAsync().ConfigureAwait(false);
                    await foreach (DavEntry entry in Multistatus.ReadAsync(body, exchange.Describe).ConfigureAwait(false))
                    {
                        entries.Add(entry);
                    }
                    return entries;
                }
                if (exchange.Status is not (HttpStatusCode.NotFound or HttpStatusCode.Gone))
                {
                    throw exchange.IsSuccess
                        ? new BackendException(exchange.Describe("the server does not speak WebDAV."), isTransient: false)
                        : exchange.Failure();
                }
            }
            HttpAsk again = Question($"{folder}/", depth: 0, $"list {folder}");
            using HttpExchange look = await store.SendAsync(again, cancellationToken).ConfigureAwait(false);
            if (look.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            {
                look.Dispose();
                await onMissingFolder(cancellationToken).ConfigureAwait(false);
                return [];
            }
        }
        throw new BackendException(
            $"{store.Place}: cannot list {folder}: files come and go faster than the server lists them.", isTransient: true);
    }
}
