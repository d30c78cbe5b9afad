using System.Globalization;
using System.Text;
using Ebla.Backends.Locations;
using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>
/// A folder of an SFTP server: <c>sftp://[USER@]HOST[:PORT]/PATH</c>, or <c>sftp:[USER@]HOST:PATH</c> as scp has it. A host may be a name
/// of ~/.ssh/config.
/// </summary>
/// <param name="Host">A name or an address.</param>
/// <param name="User">Null: what ssh takes.</param>
/// <param name="Port">Null: what ssh takes.</param>
/// <param name="Path">From the root if it begins with a slash, else from the home folder.</param>
public sealed record SftpLocation(string Host, string? User, int? Port, string Path) : BackendLocation
{
    private const string Scheme = "sftp:";

    /// <summary>Reads a location of this kind. In a URL the path is from the root, unless it begins with <c>/~/</c>.</summary>
    /// <exception cref="InvalidLocationException">It is not as it should be.</exception>
    public static new SftpLocation Parse(string text)
    {
        if (!text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            throw new InvalidLocationException($"'{text}' is no SFTP location.");
        }
        string rest = text[Scheme.Length..];
        return rest.StartsWith("//", StringComparison.Ordinal) ? ParseUrl(rest[2..]) : ParseAsScpDoes(rest);
    }

    /// <inheritdoc/>
    public override IBackend Open(BackendSettings settings)
        => OperatingSystem.IsWindows()
            ? throw new PlatformNotSupportedException("SFTP needs Linux.")
            : new SftpBackend(this, SftpOptions.From(settings), settings);

    /// <inheritdoc/>
    public override string ToString()
    {
        string user = User is null ? "" : User + "@";
        string host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        string port = Port is { } number ? string.Create(CultureInfo.InvariantCulture, $":{number}") : "";
        return $"{Scheme}//{user}{host}{port}{(Path.StartsWith('/') ? "" : "/~/")}{Path.Replace("%", "%25", StringComparison.Ordinal)}";
    }

    private static SftpLocation ParseUrl(string rest)
    {
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? rest : rest[..slash];
        string path = slash < 0 ? "" : Unescape(rest[slash..]);
        (string? user, string host) = SplitUser(authority);
        int colon = host.LastIndexOf(':');
        int? port = null;
        if (colon > host.LastIndexOf(']'))
        {
            port = int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number is > 0 and <= ushort.MaxValue
                ? number
                : throw new InvalidLocationException($"'{Scheme}//{authority}...': a port is a number from 1 to 65535.");
            host = host[..colon];
        }
        path = path.StartsWith("/~/", StringComparison.Ordinal) ? path[3..].TrimStart('/')
            : path.StartsWith("/~", StringComparison.Ordinal) && path.Length == 2 ? ""
            : path;
        return Create(host, user, port, path);
    }

    private static SftpLocation ParseAsScpDoes(string rest)
    {
        int bracket = rest.IndexOf("]:", StringComparison.Ordinal);
        int colon = bracket >= 0 ? bracket + 1 : rest.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            throw new InvalidLocationException("An SFTP location is sftp://[USER@]HOST[:PORT]/PATH or sftp:[USER@]HOST:PATH.");
        }
        string path = rest[(colon + 1)..];
        string first = path.Split('/')[0];
        int at = first.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0 && first.AsSpan(at).Contains(':'))
        {
            throw PasswordInLocation();
        }
        (string? user, string host) = SplitUser(rest[..colon]);
        return Create(host, user, null, path.StartsWith("~/", StringComparison.Ordinal) ? path[2..].TrimStart('/') : path);
    }

    private static (string? User, string Host) SplitUser(string authority)
    {
        int at = authority.LastIndexOf('@');
        if (at < 0)
        {
            return (null, authority);
        }
        string user = authority[..at];
        return user.Contains(':', StringComparison.Ordinal) ? throw PasswordInLocation() : (user, authority[(at + 1)..]);
    }

    private static SftpLocation Create(string host, string? user, int? port, string path)
    {
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
        }

        // ssh gets these as arguments and may hand them to a shell (ProxyCommand).
        if (host.Length == 0 || host[0] == '-' || !host.All(static c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '%'))
        {
            throw new InvalidLocationException($"'{host}' is no name of an SFTP server.");
        }
        if (user is not null && (user.Length == 0 || user[0] == '-' || user.Any(static c => char.IsControl(c) || "'`\";&<>|(){}$\\ ".Contains(c))))
        {
            throw new InvalidLocationException($"'{user}' is no name of a user.");
        }
        if (path.EnumerateRunes().Contains(Rune.ReplacementChar) || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new InvalidLocationException("The path of a repository must be UTF-8.");
        }
        bool isFromRoot = path.StartsWith('/');
        string trimmed = path.Trim('/');
        return trimmed.Length == 0
            ? throw new InvalidLocationException($"An SFTP location needs a folder, as in sftp://{host}/srv/backup or sftp:{host}:backup.")
            : trimmed[0] == '~' && !isFromRoot
            ? throw new InvalidLocationException($"'{trimmed}': of '~' only '~/', the home folder, is known.")
            : new SftpLocation(host, user, port, isFromRoot ? "/" + trimmed : trimmed);
    }

    private static string Unescape(string path)
    {
        for (int i = path.IndexOf('%', StringComparison.Ordinal); i >= 0; i = path.IndexOf('%', i + 1))
        {
            if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2]))
            {
                throw new InvalidLocationException($"'{path}': in a URL, '%' needs two digits after it; '%' itself is '%25'.");
            }
        }
        // Digits that make no UTF-8 would be left as they are, and name something else.
        string unescaped = Uri.UnescapeDataString(path);
        return Uri.UnescapeDataString(path.Replace("%25", "", StringComparison.Ordinal)).Contains('%', StringComparison.Ordinal)
            ? throw new InvalidLocationException($"'{path}': the path of a repository must be UTF-8.")
            : unescaped;
    }

    private static InvalidLocationException PasswordInLocation()
        => new("A location holds no password: it would be seen by others. Use a key, or EBLA_STORE_PASSWORD_FILE or _COMMAND.");
}
