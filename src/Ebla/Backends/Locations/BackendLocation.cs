using Ebla.Backends.Rclone;
using Ebla.Backends.Rest;
using Ebla.Backends.S3;
using Ebla.Backends.Sftp;
using Ebla.Backends.WebDav;
using Ebla.Primitives;

namespace Ebla.Backends.Locations;

/// <summary>Where a repository is, as the user writes it: a path, or <c>SCHEME:...</c> (docs/backends).</summary>
public abstract record BackendLocation
{
    private static readonly Dictionary<string, Func<string, BackendLocation>> Parsers = new(StringComparer.Ordinal)
    {
        ["sftp"] = SftpLocation.Parse,
        ["s3"] = S3Location.Parse,
        ["dav"] = WebDavLocation.Parse,
        ["davs"] = WebDavLocation.Parse,
        ["rest"] = RestLocation.Parse,
        ["rest+http"] = RestLocation.Parse,
        ["rest+https"] = RestLocation.Parse,
        ["rclone"] = RcloneLocation.Parse,
    };

    /// <summary>Reads a location. <c>./sftp:x</c> is a path, since its colon comes after a slash.</summary>
    /// <exception cref="InvalidLocationException">The scheme is unknown, or what follows it is not as it should be.</exception>
    public static BackendLocation Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string scheme = colon > 0 ? text[..colon] : "";
        return Parsers.TryGetValue(scheme, out Func<string, BackendLocation>? parse) ? parse(text)
            : scheme.Length > 0 && text.AsSpan(colon).StartsWith("://")
                ? throw new InvalidLocationException(
                    $"'{text}': ebla knows no '{scheme}' locations. It knows paths, "
                    + string.Join(", ", Parsers.Keys.Select(static key => key + ":")))
            : LocalLocation.Parse(text);
    }

    /// <summary>The store at this place. Neither connects nor touches anything: the first call to it does.</summary>
    /// <exception cref="InvalidLocationException">An option in <paramref name="settings"/> is unknown to this kind of store, or wrong.</exception>
    public abstract IBackend Open(BackendSettings settings);

    /// <summary>The location as the user would write it, for messages. Holds no secret.</summary>
    public abstract override string ToString();
}
