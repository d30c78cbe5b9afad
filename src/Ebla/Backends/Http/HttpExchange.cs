using System.Net;
using Ebla.Backends.Traffic;

namespace Ebla.Backends.Http;

/// <summary>A request that was answered: holds its place among the requests in flight until it is disposed.</summary>
internal sealed class HttpExchange(
    HttpAsk ask, HttpResponseMessage response, StallGuard guard,
    Func<Exception, Exception> translate, Func<Exception, Exception> explain, Func<string, string> describe)
    : IDisposable
{
    private Action? _release;

    public HttpResponseMessage Response { get; } = response;

    public HttpStatusCode Status => Response.StatusCode;

    public bool IsSuccess => Response.IsSuccessStatusCode;

    /// <summary>The length of the body, if the server says it.</summary>
    public long? Length => Response.Content.Headers.ContentLength;

    /// <summary>"PLACE: cannot do what was asked: REASON".</summary>
    public string Describe(string reason) => describe(reason);

    /// <summary>What the status says, as an exception.</summary>
    public Exception Failure() => explain(HttpFailure.FromStatus(Response, ask, describe));

    /// <summary>Adds what is known besides to a failure.</summary>
    public Exception Explain(Exception exception) => explain(exception);

    /// <summary>The body.</summary>
    public async ValueTask<BodyStream> OpenBodyAsync()
    {
        try
        {
            Stream inner = await Response.Content.ReadAsStreamAsync(guard.Token).ConfigureAwait(false);
            return new BodyStream(inner, guard, ask.Path, translate);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
        {
            throw translate(exception);
        }
    }

    public void OnDispose(Action release) => _release = release;

    public void Dispose()
    {
        Response.Dispose();
        guard.Dispose();
        Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}
