using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Ebla.Backends.Http;

/// <summary>A server's wish for Digest authentication (RFC 7616), answered as often as its nonce lasts.</summary>
/// <remarks>
/// The framework's own asks the server anew for each request, and so sends each body twice. Here the nonce is kept, as the standard means it.
/// </remarks>
internal sealed class DigestChallenge
{
    private readonly string _realm;
    private readonly string _nonce;
    private readonly string? _opaque;
    private readonly string? _algorithm;
    private readonly bool _hasQuality;
    private int _count;

    private DigestChallenge(IReadOnlyDictionary<string, string> parameters)
    {
        _realm = parameters.GetValueOrDefault("realm", "");
        _nonce = parameters["nonce"];
        _opaque = parameters.GetValueOrDefault("opaque");
        _algorithm = parameters.GetValueOrDefault("algorithm");
        _hasQuality = parameters.ContainsKey("qop");
        IsStale = parameters.GetValueOrDefault("stale", "").Equals("true", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether only the nonce was too old, not the password wrong.</summary>
    public bool IsStale { get; }

    /// <summary>Whether the hash is SHA-256, not MD5.</summary>
    public bool IsStrong => _algorithm is not null && _algorithm.Equals("SHA-256", StringComparison.OrdinalIgnoreCase);

    /// <summary>The challenge, or null if it is none that can be answered here.</summary>
    public static DigestChallenge? TryParse(AuthenticationHeaderValue header)
    {
        if (!header.Scheme.Equals("Digest", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        Dictionary<string, string> parameters = ParseParameters(header.Parameter ?? "");
        string algorithm = parameters.GetValueOrDefault("algorithm", "MD5");
        bool isKnown = algorithm.Equals("MD5", StringComparison.OrdinalIgnoreCase)
            || algorithm.Equals("SHA-256", StringComparison.OrdinalIgnoreCase);
        bool hasAuth = !parameters.TryGetValue("qop", out string? qualities)
            || qualities.Split(',', StringSplitOptions.TrimEntries).Contains("auth", StringComparer.OrdinalIgnoreCase);
        return isKnown && hasAuth && parameters.ContainsKey("nonce") ? new DigestChallenge(parameters) : null;
    }

    /// <summary>The header for one request.</summary>
    public string Answer(string user, string password, string method, string uri)
        => Answer(user, password, method, uri, RandomNumberGenerator.GetHexString(32, lowercase: true), Interlocked.Increment(ref _count));

    internal string Answer(string user, string password, string method, string uri, string clientNonce, int count)
    {
        string secret = Hash($"{user}:{_realm}:{password}");
        string request = Hash($"{method}:{uri}");
        string counter = count.ToString("x8", CultureInfo.InvariantCulture);
        string response = _hasQuality
            ? Hash($"{secret}:{_nonce}:{counter}:{clientNonce}:auth:{request}")
            : Hash($"{secret}:{_nonce}:{request}");
        StringBuilder header = new();
        _ = header.Append(CultureInfo.InvariantCulture, $"username={Quote(user)}, realm={Quote(_realm)}, nonce={Quote(_nonce)}, ")
            .Append(CultureInfo.InvariantCulture, $"uri={Quote(uri)}, response=\"{response}\"");
        if (_algorithm is not null)
        {
            _ = header.Append(CultureInfo.InvariantCulture, $", algorithm={_algorithm}");
        }
        if (_opaque is not null)
        {
            _ = header.Append(CultureInfo.InvariantCulture, $", opaque={Quote(_opaque)}");
        }
        if (_hasQuality)
        {
            _ = header.Append(CultureInfo.InvariantCulture, $", qop=auth, nc={counter}, cnonce=\"{clientNonce}\"");
        }
        return header.ToString();
    }

    // name=token, name="text with \" in it", ...
    private static Dictionary<string, string> ParseParameters(string text)
    {
        Dictionary<string, string> found = new(StringComparer.OrdinalIgnoreCase);
        int at = 0;
        while (at < text.Length)
        {
            int equals = text.IndexOf('=', at);
            if (equals < 0)
            {
                break;
            }
            string name = text[at..equals].Trim(' ', ',', '\t');
            StringBuilder value = new();
            at = equals + 1;
            if (at < text.Length && text[at] == '"')
            {
                for (at++; at < text.Length && text[at] != '"'; at++)
                {
                    at += text[at] == '\\' && at + 1 < text.Length ? 1 : 0;
                    _ = value.Append(text[at]);
                }
                at++;
            }
            else
            {
                for (; at < text.Length && text[at] != ','; at++)
                {
                    _ = value.Append(text[at]);
                }
            }
            found[name] = value.ToString().Trim();
            int comma = at < text.Length ? text.IndexOf(',', at) : -1;
            at = comma < 0 ? text.Length : comma + 1;
        }
        return found;
    }

    private static string Quote(string text)
        => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

#pragma warning disable CA5351 // What the server asks for. What it must protect is the password, and from listeners; over TLS there are none.
    private string Hash(string text)
        => Convert.ToHexStringLower(IsStrong
            ? SHA256.HashData(Encoding.UTF8.GetBytes(text))
            : MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
}
