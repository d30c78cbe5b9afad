using Ebla.Primitives;

namespace Ebla.Backends.Http;

/// <summary>A folder on a web server, and the user we are there.</summary>
/// <param name="Scheme">Of the location as the user writes it, as <c>davs</c>.</param>
/// <param name="Root">The folder; ends in a slash.</param>
/// <param name="User">Null: nobody in particular.</param>
internal sealed record HttpPlace(string Scheme, Uri Root, string? User)
{
    /// <summary>What to show instead of the address, where that means nothing to people.</summary>
    public string? Title { get; init; }

    /// <summary>Whether what is sent can be read on the way by nobody else.</summary>
    public bool IsPrivate => Root.Scheme == Uri.UriSchemeHttps || Root.IsLoopback;

    /// <summary>Reads what comes after the scheme: <c>[user@]host[:port]/path</c>.</summary>
    /// <exception cref="InvalidLocationException">It is not as it should be.</exception>
    public static HttpPlace Parse(string text, string scheme, bool isEncrypted, string rest)
    {
        if (!Uri.TryCreate($"{(isEncrypted ? Uri.UriSchemeHttps : Uri.UriSchemeHttp)}://{rest}", UriKind.Absolute, out Uri? uri)
            || uri.Host.Length == 0)
        {
            throw new InvalidLocationException($"'{text}' is no location: write {scheme}://[USER@]HOST[:PORT]/PATH.");
        }
        if (uri.UserInfo.Contains(':', StringComparison.Ordinal))
        {
            throw new InvalidLocationException(
                $"A {scheme} location holds a password. Others could read it: leave it out, and give it by EBLA_STORE_PASSWORD, "
                + "EBLA_STORE_PASSWORD_FILE or EBLA_STORE_PASSWORD_COMMAND.");
        }
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new InvalidLocationException($"'{text}': in a path, write ? as %3F and # as %23.");
        }
        UriBuilder root = new(uri) { UserName = "", Path = uri.AbsolutePath.TrimEnd('/') + "/" };
        return new HttpPlace(scheme, root.Uri, uri.UserInfo.Length == 0 ? null : Uri.UnescapeDataString(uri.UserInfo));
    }

    /// <summary>As the user would write it.</summary>
    public override string ToString()
        => Title ?? $"{Scheme}://{(User is null ? "" : Uri.EscapeDataString(User) + "@")}{Root.Authority}{Root.AbsolutePath.TrimEnd('/')}";
}
