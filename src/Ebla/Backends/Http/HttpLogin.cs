using System.Net.Http.Headers;
using System.Text;
using Ebla.Backends.Locations;
using Ebla.Primitives;

namespace Ebla.Backends.Http;

/// <summary>Who we are to a server: nobody until it asks, then Basic or Digest, whichever it takes and the line allows.</summary>
/// <remarks>Over TLS Basic comes first, for it costs nothing; over a readable line Digest does, which does not show the password.</remarks>
internal sealed class HttpLogin(HttpPlace place, BackendSettings settings, string insecureOption) : IDisposable
{
    private readonly SemaphoreSlim _asking = new(1, 1);
    private volatile Answer? _answer;
    private string? _password;

    /// <summary>What says who we are in the next requests; null: nothing so far.</summary>
    public Answer? Current => _answer;

    /// <summary>
    /// Takes the wishes of a server that answered 401. Returns if the request may be sent again, and throws if that were of no use.
    /// </summary>
    /// <param name="response">The 401.</param>
    /// <param name="used">What the request was sent with.</param>
    /// <param name="describe">Makes a reason a message.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask TakeChallengeAsync(
        HttpResponseMessage response, Answer? used, Func<string, string> describe, CancellationToken cancellationToken)
    {
        if (place.User is not { } user)
        {
            throw new AccessDeniedException(describe($"the server wants to know who you are: {place.Scheme}://USER@{place.Root.Authority}..."));
        }
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!ReferenceEquals(_answer, used))
            {
                // Another request was told meanwhile.
                return;
            }
            Answer next = await ChooseAsync(response, user, describe, cancellationToken).ConfigureAwait(false);
            if (used is not null && next.Digest?.IsStale != true)
            {
                throw new AccessDeniedException(describe($"the server does not accept the user '{user}' with this password."));
            }
            _answer = next;
        }
        finally
        {
            _ = _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private async ValueTask<Answer> ChooseAsync(
        HttpResponseMessage response, string user, Func<string, string> describe, CancellationToken cancellationToken)
    {
        bool isBasicOffered = response.Headers.WwwAuthenticate.Any(
            static header => header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase));
        DigestChallenge? digest = response.Headers.WwwAuthenticate.Select(DigestChallenge.TryParse).OfType<DigestChallenge>()
            .OrderByDescending(static challenge => challenge.IsStrong).FirstOrDefault();
        if (!isBasicOffered && digest is null)
        {
            string offered = string.Join(", ", response.Headers.WwwAuthenticate.Select(static header => header.Scheme).Distinct());
            throw new AccessDeniedException(describe($"the server wants another kind of log-in than Basic or Digest ({offered})."));
        }
        if (digest is null && !place.IsPrivate)
        {
            if (!settings.Options.TryGetValue(insecureOption, out string? value) || value != "true")
            {
                throw new AccessDeniedException(describe(
                    $"the server wants the password, and without TLS everybody on the way can read it. Use TLS, or -o {insecureOption}=true."));
            }
            settings.Notice($"{place}: the password goes over the line for everybody to read.");
        }
        _password ??= await settings.FindPassword(cancellationToken).ConfigureAwait(false) ?? throw new AccessDeniedException(describe(
            $"the server wants the password of '{user}': give it by EBLA_STORE_PASSWORD, EBLA_STORE_PASSWORD_FILE or EBLA_STORE_PASSWORD_COMMAND."));
        return isBasicOffered && (digest is null || place.IsPrivate)
            ? new Answer(user, _password, null)
            : new Answer(user, _password, digest);
    }

    /// <summary>A way to say who we are.</summary>
    internal sealed record Answer(string User, string Password, DigestChallenge? Digest)
    {
        public AuthenticationHeaderValue For(HttpMethod method, Uri uri) => Digest is null
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")))
            : new AuthenticationHeaderValue("Digest", Digest.Answer(User, Password, method.Method, uri.PathAndQuery));

        // A record would show the password.
        public override string ToString() => User;
    }
}
