using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Ebla.Backends.Locations;
using Ebla.Backends.Traffic;
using Ebla.Primitives;

namespace Ebla.Backends.Http;

/// <summary>A folder on a web server: sends requests, says who we are, and makes typed failures of what goes wrong. Tries nothing twice.</summary>
internal sealed class HttpStore : IDisposable
{
    // Servers close connections that nobody uses, Apache after 5 seconds. A request sent at just that moment is lost, so we close them first.
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(30);

    // A Digest server that finds our nonce too old must say so before it has taken a whole pack.
    private const int AskedFirstInBytesMin = 64 << 10;

    // A server that cannot take a pack (a full disk, under rclone) answers before it has read it, and closes: what is still sent then breaks
    // the line, and the answer is lost. A round trip for a pack is well spent.
    private const int AskedFirstInBytesMinAlways = 1 << 20;

    private readonly HttpPlace _place;
    private readonly BackendSettings _settings;
    private readonly HttpClient _client;
    private readonly HttpLogin _login;
    private readonly SemaphoreSlim _inFlight;
    private readonly SemaphoreSlim _greeting = new(1, 1);
    private readonly bool _isHttp2;
    private volatile bool _isGreeted;

    private HttpStore(HttpPlace place, BackendSettings settings, string kind, SocketsHttpHandler handler, bool isHttp2)
    {
        _place = place;
        _settings = settings;
        _login = new HttpLogin(place, settings, $"{kind}.insecure");
        _inFlight = new SemaphoreSlim(settings.RequestsInFlightMax, settings.RequestsInFlightMax);
        handler.AllowAutoRedirect = false;
        handler.AutomaticDecompression = DecompressionMethods.None;
        handler.UseCookies = false;
        handler.MaxConnectionsPerServer = settings.RequestsInFlightMax;
        handler.ConnectTimeout = ConnectTime;
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _isHttp2 = isHttp2;
    }

    /// <summary>How the server is asked first, without credentials, to learn how to log in.</summary>
    public required HttpAsk Greeting { get; init; }

    /// <summary>Adds to the message of a failure; may make another exception of it.</summary>
    public Func<Exception, Exception> Explain { get; init; } = static exception => exception;

    public HttpPlace Place => _place;

    /// <summary>A store on the net.</summary>
    /// <param name="place">Where.</param>
    /// <param name="settings">Options KIND.ca-file and KIND.insecure are read.</param>
    /// <param name="kind">The first part of the names of options.</param>
    /// <param name="greeting">See <see cref="Greeting"/>.</param>
    public static HttpStore OnNet(HttpPlace place, BackendSettings settings, string kind, HttpAsk greeting)
    {
        string option = $"{kind}.ca-file";
        X509Certificate2Collection? authorities = settings.Options.TryGetValue(option, out string? path) ? HttpTrust.Read(path, option) : null;
        SocketsHttpHandler handler = new()
        {
            PooledConnectionIdleTimeout = IdleTime,
            SslOptions = HttpTrust.OptionsFor(place.Root.Authority, authorities, option),
        };
        return new HttpStore(place, settings, kind, handler, isHttp2: false) { Greeting = greeting };
    }

    /// <summary>A store at the other end of a stream, by HTTP/2.</summary>
    public static HttpStore OverStream(
        HttpPlace place, BackendSettings settings, Func<CancellationToken, ValueTask<Stream>> connect, Func<Exception, Exception> explain)
    {
        SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            InitialHttp2StreamWindowSize = 1 << 20,
            ConnectCallback = (_, cancellationToken) => connect(cancellationToken),
        };
        HttpAsk greeting = new(HttpMethod.Head, "config", "reach it");
        return new HttpStore(place, settings, "rclone", handler, isHttp2: true) { Greeting = greeting, Explain = explain };
    }

    /// <summary>Sends a request and waits for the head of the answer.</summary>
    /// <exception cref="BackendException">No answer came. A status that is no success is an answer, but 401 and 407.</exception>
    /// <exception cref="AccessDeniedException">The server does not let us in, or is not who it should be.</exception>
    public async ValueTask<HttpExchange> SendAsync(HttpAsk ask, CancellationToken cancellationToken)
    {
        await GreetAsync(cancellationToken).ConfigureAwait(false);
        await _inFlight.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            HttpExchange exchange = await SendKnownAsync(ask, cancellationToken).ConfigureAwait(false);
            exchange.OnDispose(() => _inFlight.Release());
            return exchange;
        }
        catch
        {
            _ = _inFlight.Release();
            throw;
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _login.Dispose();
        _inFlight.Dispose();
        _greeting.Dispose();
    }

    // Whoever has a password must not send a pack before knowing how the server wants to hear it.
    private async ValueTask GreetAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_place.User is null || _isGreeted)
        {
            return;
        }
        await _greeting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isGreeted)
            {
                using HttpExchange exchange = await SendKnownAsync(Greeting, cancellationToken).ConfigureAwait(false);
                _isGreeted = true;
            }
        }
        finally
        {
            _ = _greeting.Release();
        }
    }

    private async ValueTask<HttpExchange> SendKnownAsync(HttpAsk ask, CancellationToken cancellationToken)
    {
        // The first answer may tell that the nonce is too old, and so may the second if another request began the next one just then.
        for (int attempt = 0; ; attempt++)
        {
            HttpLogin.Answer? used = _login.Current;
            HttpExchange exchange = await SendOnceAsync(ask, used, cancellationToken).ConfigureAwait(false);
            if (exchange.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.ProxyAuthenticationRequired))
            {
                return exchange;
            }
            using (exchange)
            {
                if (exchange.Status != HttpStatusCode.Unauthorized || attempt == 2)
                {
                    throw exchange.Failure();
                }
                await _login.TakeChallengeAsync(exchange.Response, used, exchange.Describe, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<HttpExchange> SendOnceAsync(HttpAsk ask, HttpLogin.Answer? answer, CancellationToken cancellationToken)
    {
        StallGuard guard = _settings.Line.Watch(cancellationToken);
        string Describe(string reason) => $"{_place}: cannot {ask.Purpose}: {reason}";
        Exception Translate(Exception exception) => Explain(HttpFailure.From(exception, !_isHttp2, guard, Describe, cancellationToken));
        SequenceContent? content = ask.Content is { } bytes ? new SequenceContent(bytes, guard) : null;
        using HttpRequestMessage request = MakeRequest(ask, answer, content);
        try
        {
            HttpResponseMessage response =
                await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, guard.Token).ConfigureAwait(false);
            guard.Progress();
            if (content is not null && response.IsSuccessStatusCode)
            {
                await content.Sent.WaitAsync(guard.Token).ConfigureAwait(false);
            }
            return new HttpExchange(ask, response, guard, Translate, Explain, Describe);
        }
        catch (Exception exception)
        {
            Exception translated = Translate(exception);
            guard.Dispose();
            throw translated;
        }
        finally
        {
            if (content is not null)
            {
                await content.StopAsync().ConfigureAwait(false);
            }
        }
    }

    private HttpRequestMessage MakeRequest(HttpAsk ask, HttpLogin.Answer? answer, SequenceContent? content)
    {
        Uri uri = new(_place.Root, ask.Path);
        HttpRequestMessage request = new(ask.Method, uri)
        {
            Version = _isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content?.Headers.ContentType = MediaTypeHeaderValue.Parse(ask.ContentType);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("ebla", null));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (ask.Range is { } range)
        {
            request.Headers.Range = new RangeHeaderValue(range.First, range.Last);
        }
        foreach ((string name, string value) in ask.Headers)
        {
            request.Headers.Add(name, value);
        }
        if (answer is not null)
        {
            request.Headers.Authorization = answer.For(ask.Method, uri);
        }
        int askedFirst = answer?.Digest is null ? AskedFirstInBytesMinAlways : AskedFirstInBytesMin;
        request.Headers.ExpectContinue = !_isHttp2 && ask.Content?.Length >= askedFirst ? true : null;
        return request;
    }
}
