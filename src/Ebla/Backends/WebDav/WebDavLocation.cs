using Ebla.Backends.Http;
using Ebla.Backends.Locations;
using Ebla.Primitives;

namespace Ebla.Backends.WebDav;

/// <summary>A folder on a WebDAV server: <c>dav://[user@]host[:port]/path</c>, or <c>davs://</c> over TLS (docs/backends/webdav.md).</summary>
public sealed record WebDavLocation : BackendLocation
{
    private const string Encrypted = "davs";

    private readonly HttpPlace _place;

    private WebDavLocation(HttpPlace place) => _place = place;

    /// <summary>Reads a location of this kind.</summary>
    /// <exception cref="InvalidLocationException">It is not as it should be, or it holds a password.</exception>
    public static new WebDavLocation Parse(string text)
    {
        int mark = text.IndexOf("://", StringComparison.Ordinal);
        string scheme = mark < 0 ? text.Split(':')[0] : text[..mark];
        return new WebDavLocation(HttpPlace.Parse(text, scheme, scheme == Encrypted, mark < 0 ? "" : text[(mark + 3)..]));
    }

    /// <inheritdoc/>
    public override IBackend Open(BackendSettings settings)
    {
        settings.ExpectOptions("a WebDAV store", "dav.ca-file", "dav.insecure");
        HttpAsk greeting = WebDavListing.Question("", depth: 0, "reach it");
        return new WebDavBackend(HttpStore.OnNet(_place, settings, "dav", greeting), settings.RequestsInFlightMax);
    }

    /// <inheritdoc/>
    public override string ToString() => _place.ToString();
}
