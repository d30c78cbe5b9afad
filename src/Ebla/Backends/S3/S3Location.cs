using Ebla.Backends.Locations;
using Ebla.Primitives;

namespace Ebla.Backends.S3;

/// <summary>A place in a bucket: <c>s3://BUCKET/PREFIX</c>, or <c>s3:https://HOST[:PORT]/BUCKET/PREFIX</c>.</summary>
/// <param name="Endpoint">The server, or null: the one of the options or the environment, else AWS.</param>
/// <param name="Bucket">The bucket.</param>
/// <param name="Prefix">What every object's name begins with: empty, or ending in a slash.</param>
public sealed record S3Location(Uri? Endpoint, string Bucket, string Prefix) : BackendLocation
{
    private const string Forms = "Write s3://BUCKET/PREFIX, or s3:https://HOST/BUCKET/PREFIX for a server of your own.";

    /// <summary>Reads a location of this kind.</summary>
    /// <exception cref="InvalidLocationException">It is not as it should be.</exception>
    public static new S3Location Parse(string text)
    {
        string rest = text["s3:".Length..];
        Uri? endpoint = null;
        string path;
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            path = rest[2..];
        }
        else if (rest.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            || rest.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            int slash = rest.IndexOf('/', rest.IndexOf("//", StringComparison.Ordinal) + 2);
            endpoint = ParseEndpoint(slash < 0 ? rest : rest[..slash], text);
            path = slash < 0 ? "" : rest[(slash + 1)..];
        }
        else
        {
            throw new InvalidLocationException($"'{text}' is no S3 location. {Forms}");
        }
        string[] parts = path.Split('/');
        if (parts[0].Length == 0)
        {
            throw new InvalidLocationException($"'{text}' names no bucket. {Forms}");
        }
        if (parts[0].Contains('@', StringComparison.Ordinal) || parts[0].Contains(':', StringComparison.Ordinal))
        {
            throw new InvalidLocationException($"'{Hide(text)}': '@' and ':' cannot be in the name of a bucket. {Forms}");
        }
        if (path.Any(static letter => char.IsControl(letter) || letter is '?' or '#' or '\\' or ' ')
            || parts.AsSpan(1).ContainsAny(".", ".."))
        {
            throw new InvalidLocationException($"'{text}' holds what cannot be in a bucket or prefix: ? # \\ a space, '.' or '..'.");
        }
        string prefix = string.Join('/', parts.Skip(1).Where(static part => part.Length > 0));
        return new S3Location(endpoint, parts[0], prefix.Length == 0 ? "" : prefix + "/");
    }

    /// <inheritdoc/>
    public override IBackend Open(BackendSettings settings)
        => new S3Backend(this, S3Options.Read(this, settings, Environment.GetEnvironmentVariable), settings);

    /// <inheritdoc/>
    public override string ToString()
        => $"s3:{Endpoint?.GetLeftPart(UriPartial.Authority) ?? "/"}/{Bucket}/{Prefix}".TrimEnd('/');

    /// <summary>Reads the address of a server.</summary>
    internal static Uri ParseEndpoint(string text, string whole)
    {
        if (text.Contains('@', StringComparison.Ordinal))
        {
            throw new InvalidLocationException($"'{Hide(whole)}': credentials do not belong into a location. Set AWS_ACCESS_KEY_ID and "
                + "AWS_SECRET_ACCESS_KEY, or use a profile of ~/.aws.");
        }
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0
            && uri.AbsolutePath == "/" && uri.Query.Length == 0 && uri.Fragment.Length == 0
            ? uri
            : throw new InvalidLocationException($"'{text}' is no address of an S3 server. It is like https://s3.example.org:9000.");
    }

    // What stands before an @ may be a secret.
    private static string Hide(string text)
    {
        int at = text.LastIndexOf('@');
        return at < 0 ? text : "s3:..." + text[at..];
    }
}
