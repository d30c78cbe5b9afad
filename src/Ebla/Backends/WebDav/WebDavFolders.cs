using System.Collections.Concurrent;
using System.Net;
using Ebla.Backends.Http;

namespace Ebla.Backends.WebDav;

/// <summary>Makes folders on a WebDAV server.</summary>
internal sealed class WebDavFolders(HttpStore store)
{
    private static readonly HttpMethod MkCol = new("MKCOL");

    private readonly ConcurrentDictionary<string, bool> _known = new();

    /// <summary>Makes a folder, unless this instance saw it before.</summary>
    public async ValueTask ExpectAsync(string path, CancellationToken cancellationToken)
    {
        if (!_known.ContainsKey(path))
        {
            _ = await MakeAsync(path, cancellationToken).ConfigureAwait(false);
            _known[path] = true;
        }
    }

    /// <summary>Somebody may have removed it.</summary>
    public void Forget(string path) => _known.TryRemove(path, out _);

    /// <summary>Makes a folder below the location, and those above it as far as they are missing.</summary>
    /// <param name="path">Below the location, without a slash at the end; empty for the location itself.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>False if it was there.</returns>
    public async ValueTask<bool> MakeAsync(string path, CancellationToken cancellationToken)
    {
        string[] above = store.Place.Root.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string[] below = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string[] all = [.. above, .. below];

        // From the deepest upwards until one can be made or is there, then down again.
        int depth = all.Length, refusals = 0;
        for (int attempt = 0; ; attempt++)
        {
            string folder = $"/{string.Join('/', all.Take(depth))}/";
            HttpAsk ask = new(MkCol, folder, $"make the folder {folder}");
            using HttpExchange exchange = await store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
            HttpStatusCode status = exchange.Status;
            if (status is HttpStatusCode.Forbidden or HttpStatusCode.Locked)
            {
                // Apache and rclone also say so if another request made it at the same time, and a server may not let us make it again.
                Exception failure = exchange.Failure();
                exchange.Dispose();
                if (await IsThereAsync(folder, cancellationToken).ConfigureAwait(false))
                {
                    status = HttpStatusCode.MethodNotAllowed;
                }
                else
                {
                    // Whoever made it may have removed it before we looked.
                    if (refusals++ > 0)
                    {
                        throw failure;
                    }
                    continue;
                }
            }
            switch (status)
            {
                case HttpStatusCode.MethodNotAllowed when depth == all.Length:
                    return false;
                case HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.NoContent when depth == all.Length:
                    return true;
                case HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.NoContent or HttpStatusCode.MethodNotAllowed:
                    depth++;
                    break;
                case HttpStatusCode.Conflict or HttpStatusCode.NotFound when depth > 1 && attempt <= 2 * all.Length:
                    depth--;
                    break;
                default:
                    throw exchange.Failure();
            }
        }
    }

    private async ValueTask<bool> IsThereAsync(string folder, CancellationToken cancellationToken)
    {
        HttpAsk ask = WebDavListing.Question(folder, depth: 0, $"look for {folder}");
        using HttpExchange exchange = await store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
        return exchange.Status == HttpStatusCode.MultiStatus;
    }
}
