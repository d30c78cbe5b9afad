using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Ebla.Backends.Traffic;
using Ebla.Primitives;

namespace Ebla.Backends.Http;

/// <summary>Makes our exceptions of what HTTP and the line tell.</summary>
internal static class HttpFailure
{
    /// <summary>What a status that is no success means.</summary>
    public static Exception FromStatus(HttpResponseMessage response, HttpAsk ask, Func<string, string> describe)
    {
        HttpStatusCode status = response.StatusCode;
        return (int)status switch
        {
            401 => new AccessDeniedException(describe("the server does not accept the user and password.")),
            403 => new AccessDeniedException(describe("the server does not permit it (403).")),
            407 => new AccessDeniedException(describe(
                "the proxy wants a user and a password; HTTPS_PROXY and HTTP_PROXY may hold them.")),
            405 when ask.Method == HttpMethod.Put => new BackendException(
                // Go's WebDAV, and so rclone's: whatever goes wrong while it writes.
                describe("the server does not take it (405): some say so when their disk is full."), isTransient: false),
            413 => new BackendException(
                describe($"{ask.Content?.Length ?? 0} bytes are more than the server takes at once (413)."), isTransient: false),
            507 => new BackendException(describe("the server is full, or the quota is used up (507)."), isTransient: false),
            >= 300 and < 400 => new BackendException(
                describe($"the server sends us elsewhere: {response.Headers.Location?.ToString() ?? "it does not say where"}."),
                isTransient: false),
            423 => new BackendException(describe("it is locked (423)."), isTransient: true),
            500 => new BackendException(describe(Name(status)), isTransient: true) { Kind = BackendFailureKind.ServerError },
            408 or 425 or 429 or 502 or 503 or 504 => new BackendException(describe(Name(status)), isTransient: true),
            _ => new BackendException(describe(Name(status)), isTransient: false),
        };
    }

    /// <summary>What an exception of the client means. A cancellation by the caller stays one.</summary>
    /// <remarks>What comes over a pipe is no HTTP only if the other end died.</remarks>
    public static Exception From(
        Exception exception, bool isOnNet, StallGuard guard, Func<string, string> describe, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return new OperationCanceledException(cancellationToken);
        }
        if (guard.HasStalled)
        {
            return new BackendException(
                describe($"nothing moved for {guard.StallTime.TotalSeconds:0.#} seconds."), isTransient: true, exception);
        }
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is EblaException)
            {
                return inner;
            }
        }
        return isOnNet && exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded,
        }
            ? new BackendException(describe("the server's answer is no HTTP."), isTransient: false, exception)
            : new BackendException(describe(Reason(exception)), isTransient: true, exception)
            {
                Kind = IsNoContact(exception) ? BackendFailureKind.NoContact : BackendFailureKind.Other,
            };
    }

    private static string Name(HttpStatusCode status) => $"the server says {(int)status} ({status}).";

    // The client's own time for making a connection ends as a cancellation that nobody asked for.
    private static bool IsNoContact(Exception exception)
        => exception is OperationCanceledException
            || (exception as HttpRequestException)?.HttpRequestError
                is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError;

    private static string Reason(Exception exception)
    {
        SocketException? socket = null;
        string? tls = null;
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            socket ??= inner as SocketException;
            tls ??= (inner as AuthenticationException)?.Message;
        }
        return (exception as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => $"there is no such host, or no network ({socket?.Message ?? exception.Message}).",
            HttpRequestError.SecureConnectionError => $"no TLS with this server: {tls ?? exception.Message}",
            HttpRequestError.ProxyTunnelError => $"the proxy does not let us through: {exception.Message}",
            HttpRequestError.ConnectionError => $"no connection ({socket?.Message ?? exception.Message}).",
            _ => exception is OperationCanceledException
                ? "no connection in time."
                : $"the connection broke ({socket?.Message ?? exception.Message.TrimEnd('.')}).",
        };
    }
}
