using System.Net;
using Ebla.Backends.Http;

namespace Ebla.Backends.WebDav;

/// <summary>Makes folders on a WebDAV server.</summary>
internal sealed class WebDavFolders(HttpStore store)
{
    private static readonly HttpMethod MkCol = new("MKCOL");

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
        int depth = all.Length;
        for (int attempt = 0; ; attempt++)
        {
            string folder = $"/{string.Join('/', all.Take(depth))}/";
            HttpAsk ask = new(MkCol, folder, $"make the folder {folder}");
            using HttpExchange exchange = await store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
            switch (exchange.Status)
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
}
