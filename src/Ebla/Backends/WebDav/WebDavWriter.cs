using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using Ebla.Backends.Http;
using Ebla.Primitives;

namespace Ebla.Backends.WebDav;

/// <summary>Writes files on a WebDAV server: under a name of their own first, and to their place when they are known to be whole.</summary>
internal sealed class WebDavWriter(HttpStore store, HttpReading reading)
{
    private const int TempNameLength = 32;

    // What a failed write left is not worth waiting longer for.
    private static readonly TimeSpan CleaningTime = TimeSpan.FromSeconds(5);

    private static readonly HttpMethod Move = new("MOVE");

    private readonly WebDavFolders _folders = new(store);

    /// <summary>Writes a file; it appears whole. One that is there with the same size is left.</summary>
    public async ValueTask PutAsync(string path, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
        => await WriteAsync(path, content, mayReplace: true, cancellationToken).ConfigureAwait(false);

    /// <summary>Writes the header, if there is none.</summary>
    /// <exception cref="RepositoryExistsException">There is one, or somebody is writing it.</exception>
    public async ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken)
    {
        const string Path = RepositoryLayout.HeaderName;
        const string Purpose = "read the header";
        const string Lock = $"{RepositoryLayout.TempFolder}/creating";
        if (await reading.GetSizeAsync(Path, Purpose, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw Exists();
        }
        await _folders.ExpectAsync(RepositoryLayout.TempFolder, cancellationToken).ConfigureAwait(false);
        // Making a folder has one winner with Apache, nginx and lighttpd, and moving without overwriting with nginx, lighttpd and rclone.
        if (!await _folders.MakeAsync(Lock, cancellationToken).ConfigureAwait(false))
        {
            throw await reading.GetSizeAsync(Path, Purpose, cancellationToken).ConfigureAwait(false) is not null
                ? Exists()
                : new RepositoryExistsException(
                    $"{store.Place}: somebody is making a repository here just now. If that broke off, remove the folder {Lock} and try again.");
        }
        try
        {
            // Who came first may be done already.
            if (await reading.GetSizeAsync(Path, Purpose, cancellationToken).ConfigureAwait(false) is not null
                || !await WriteAsync(Path, new ReadOnlySequence<byte>(header), mayReplace: false, cancellationToken).ConfigureAwait(false))
            {
                throw Exists();
            }
            byte[]? now = await reading
                .GetWholeAsync(Path, Purpose, RepositoryLayout.HeaderSizeInBytesMax, cancellationToken).ConfigureAwait(false);
            if (!header.Span.SequenceEqual(now))
            {
                throw Exists();
            }
        }
        finally
        {
            await RemoveAsync($"{Lock}/").ConfigureAwait(false);
        }
    }

    private static bool IsDone(HttpExchange exchange)
        => exchange.Status is HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.NoContent;

    private RepositoryExistsException Exists() => new($"{store.Place}: there is a repository already.");

    // False: there is a file, and it may not be replaced.
    private async ValueTask<bool> WriteAsync(
        string path, ReadOnlySequence<byte> content, bool mayReplace, CancellationToken cancellationToken)
    {
        await _folders.ExpectAsync(RepositoryLayout.TempFolder, cancellationToken).ConfigureAwait(false);
        string temp = $"{RepositoryLayout.TempFolder}/{RandomNumberGenerator.GetHexString(TempNameLength, lowercase: true)}";
        bool hasMoved = false;
        try
        {
            HttpAsk ask = new(HttpMethod.Put, temp, $"write {path}") { Content = content };
            using (HttpExchange exchange = await store.SendAsync(ask, cancellationToken).ConfigureAwait(false))
            {
                if (exchange.Status is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
                {
                    _folders.Forget(RepositoryLayout.TempFolder);
                    throw new BackendException(exchange.Describe("the folder for temporary files is gone."), isTransient: true);
                }
                if (!IsDone(exchange))
                {
                    throw exchange.Failure();
                }
            }
            long? size = await reading.GetSizeAsync(temp, $"write {path}", cancellationToken).ConfigureAwait(false);
            if (size != content.Length)
            {
                throw new BackendException(
                    $"{store.Place}: cannot write {path}: the server kept {size ?? 0} of {content.Length} bytes.", isTransient: true);
            }
            return hasMoved = await MoveAsync(temp, path, content.Length, mayReplace, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!hasMoved)
            {
                await RemoveAsync(temp).ConfigureAwait(false);
            }
        }
    }

    // Never overwrites what need not be: some servers delete the old file before they rename.
    private async ValueTask<bool> MoveAsync(
        string temp, string path, long sizeInBytes, bool mayReplace, CancellationToken cancellationToken)
    {
        bool overwrites = false;
        string folder = path[..Math.Max(path.LastIndexOf('/'), 0)];
        await _folders.ExpectAsync(folder, cancellationToken).ConfigureAwait(false);
        for (int attempt = 0; ; attempt++)
        {
            HttpAsk ask = new(Move, temp, $"write {path}")
            {
                Headers = [("Destination", new Uri(store.Place.Root, path).AbsoluteUri), ("Overwrite", overwrites ? "T" : "F")],
            };
            try
            {
                using HttpExchange exchange = await store.SendAsync(ask, cancellationToken).ConfigureAwait(false);
                if (IsDone(exchange))
                {
                    return true;
                }
                if (exchange.Status == HttpStatusCode.PreconditionFailed && !overwrites)
                {
                    if (!mayReplace)
                    {
                        return false;
                    }
                }
                else if (attempt == 0 && exchange.Status is HttpStatusCode.Conflict or HttpStatusCode.NotFound
                    or HttpStatusCode.Forbidden or HttpStatusCode.InternalServerError)
                {
                    // So says one or the other server if the folder is missing.
                    exchange.Dispose();
                    _folders.Forget(folder);
                    await _folders.ExpectAsync(folder, cancellationToken).ConfigureAwait(false);
                    continue;
                }
                else
                {
                    throw exchange.Failure();
                }
            }
            catch (BackendException exception) when (exception.IsTransient && mayReplace)
            {
                // Only the answer may be lost.
                if (await reading.GetSizeAsync(path, $"write {path}", cancellationToken).ConfigureAwait(false) == sizeInBytes)
                {
                    return true;
                }
                throw;
            }
            if (await reading.GetSizeAsync(path, $"write {path}", cancellationToken).ConfigureAwait(false) == sizeInBytes)
            {
                await RemoveAsync(temp).ConfigureAwait(false);
                return true;
            }
            overwrites = true;
        }
    }

    // As well as it can be done: what stays in the temporary folder counts for nothing.
    private async ValueTask RemoveAsync(string path)
    {
        using CancellationTokenSource timeout = new(CleaningTime);
        try
        {
            HttpAsk ask = new(HttpMethod.Delete, path, $"remove {path}");
            using HttpExchange exchange = await store.SendAsync(ask, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is EblaException or OperationCanceledException or ObjectDisposedException)
        {
            // The failure that led here is the one to tell.
        }
    }
}
