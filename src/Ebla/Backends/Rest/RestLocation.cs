using Ebla.Backends.Http;
using Ebla.Backends.Locations;
using Ebla.Primitives;

namespace Ebla.Backends.Rest;

/// <summary>
/// A folder on a server of restic's REST protocol: <c>rest+https://[user@]host[:port]/path</c>, <c>rest+http://</c>, or as restic writes it,
/// <c>rest:https://...</c> (docs/backends/rest.md).
/// </summary>
public sealed record RestLocation : BackendLocation
{
    private readonly HttpPlace _place;

    private RestLocation(HttpPlace place) => _place = place;

    /// <summary>Reads a location of this kind.</summary>
    /// <exception cref="InvalidLocationException">It is not as it should be, or it holds a password.</exception>
    public static new RestLocation Parse(string text)
    {
        foreach ((string scheme, string other, bool isEncrypted) in
            (ReadOnlySpan<(string, string, bool)>)[("rest+https", "rest:https", true), ("rest+http", "rest:http", false)])
        {
            foreach (string start in (ReadOnlySpan<string>)[$"{scheme}://", $"{other}://"])
            {
                if (text.StartsWith(start, StringComparison.Ordinal))
                {
                    return new RestLocation(HttpPlace.Parse(text, scheme, isEncrypted, text[start.Length..]));
                }
            }
        }
        throw new InvalidLocationException($"'{text}' is no location: write rest+https://[USER@]HOST[:PORT]/PATH.");
    }

    /// <inheritdoc/>
    public override IBackend Open(BackendSettings settings)
    {
        settings.ExpectOptions("a REST store", "rest.ca-file", "rest.insecure");
        HttpAsk greeting = new(HttpMethod.Head, RestNames.Header, "reach it");
        return new RestBackend(HttpStore.OnNet(_place, settings, "rest", greeting), settings.RequestsInFlightMax);
    }

    /// <inheritdoc/>
    public override string ToString() => _place.ToString();
}
