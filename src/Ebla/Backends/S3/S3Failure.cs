using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Ebla.Primitives;

namespace Ebla.Backends.S3;

/// <summary>Says what an answer, or none, of an S3 server means.</summary>
internal static class S3Failure
{
    /// <summary>The failure to throw for one that a request to <paramref name="subject"/> ended with; null for a bug of ours.</summary>
    /// <param name="exception">What the SDK threw.</param>
    /// <param name="location">The bucket.</param>
    /// <param name="subject">The object.</param>
    /// <param name="action">What was to be done with it.</param>
    /// <param name="wasLetIn">Whether the server has accepted these credentials before.</param>
    public static EblaException? Of(Exception exception, S3Location location, string subject, string action, bool wasLetIn)
    {
        string place = $"{location}: {subject}";
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case EblaException known:
                    return known;
                case AmazonS3Exception { StatusCode: not 0 } answer:
                    return OfAnswer(answer, location, place, action, wasLetIn);
                case AuthenticationException { InnerException: not EblaException } tls:
                    return new AccessDeniedException($"{location}: no TLS with this server: {Line(tls.Message)}", exception);
                case SocketException socket:
                    return new BackendException($"{place}: the server cannot be reached: {Line(socket.Message)}", isTransient: true, exception)
                    {
                        Kind = IsNoContact(socket.SocketErrorCode) ? BackendFailureKind.NoContact : BackendFailureKind.Other,
                    };
            }
        }
        return exception is AmazonClientException or AmazonServiceException or HttpRequestException or IOException
            ? new BackendException($"{place}: the connection broke: {Line(exception.GetBaseException().Message)}", isTransient: true, exception)
            : null;
    }

    /// <summary>Whether the answer says that there is no such object.</summary>
    public static bool IsMissingObject(AmazonS3Exception exception)
        => exception.StatusCode == HttpStatusCode.NotFound && exception.ErrorCode != "NoSuchBucket";

    private static EblaException OfAnswer(AmazonS3Exception answer, S3Location location, string place, string action, bool wasLetIn)
    {
        switch (answer.ErrorCode)
        {
            case "NoSuchBucket":
                return new NoRepositoryException($"{location}: there is no bucket '{location.Bucket}' here.", answer);
            case "InvalidAccessKeyId":
                return Denied("the server does not know this access key id.");
            case "SignatureDoesNotMatch" when wasLetIn:
                return Transient(answer, place);
            case "SignatureDoesNotMatch":
                return Denied("the secret key is wrong: the server refuses the signature.");
            case "RequestTimeTooSkewed":
                return Denied("the clock of this machine and that of the server differ by more than the server allows. Set it right.");
            case "ExpiredToken" or "InvalidToken" or "TokenRefreshRequired":
                return Denied("the session's credentials have expired, or their token is wrong.");
            case "AuthorizationHeaderMalformed" or "PermanentRedirect" or "TemporaryRedirect" or "IllegalLocationConstraintException":
                return OfRegion(answer, location);
            case "InvalidObjectState":
                return new BackendException(
                    $"{place} is archived in a class that cannot be read at once. Restore it in the store first.", isTransient: false, answer);
            case "QuotaExceeded" or "XMinioStorageFull" or "InsufficientStorage" or "InsufficientCapacity":
                return new BackendException($"{place} was not stored: the store is full, or its quota is used up.", isTransient: false, answer);
            case "BadDigest" or "XAmzContentSHA256Mismatch" or "IncompleteBody" or "RequestTimeout" or "SlowDown" or "Throttling"
                or "ThrottlingException" or "RequestLimitExceeded" or "ConditionalRequestConflict" or "OperationAborted":
                return Transient(answer, place);
        }
        return answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Denied($"these credentials may not {action}."),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
                or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => Transient(answer, place),
            HttpStatusCode.InsufficientStorage =>
                new BackendException($"{place} was not stored: the store is full.", isTransient: false, answer),
            HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect => OfRegion(answer, location),
            _ => new BackendException($"{place}: the server refuses to {action}: {Describe(answer)}", isTransient: false, answer),
        };

        AccessDeniedException Denied(string text) => new($"{location}: {text}", answer);
    }

    private static AccessDeniedException OfRegion(AmazonS3Exception answer, S3Location location)
    {
        string? region = Header(answer, "x-amz-bucket-region");
        return new AccessDeniedException(
            $"{location}: the bucket is in another region. " + (region is null
                ? $"Name it with -o s3.region=REGION. The server says: {Describe(answer)}"
                : $"Use -o s3.region={region}"),
            answer);
    }

    private static BackendException Transient(AmazonS3Exception answer, string place)
        => new($"{place}: the server cannot do it now: {Describe(answer)}", isTransient: true, answer)
        {
            RetryAfter = int.TryParse(Header(answer, "Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
                ? TimeSpan.FromSeconds(seconds)
                : null,
            Kind = answer.StatusCode == HttpStatusCode.InternalServerError ? BackendFailureKind.ServerError : BackendFailureKind.Other,
        };

    private static bool IsNoContact(SocketError error)
        => error is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.ConnectionRefused
            or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
            or SocketError.TimedOut;

    private static string Describe(AmazonS3Exception answer)
        => string.IsNullOrEmpty(answer.ErrorCode) || answer.Message.StartsWith("Error making request", StringComparison.Ordinal)
            ? $"{(int)answer.StatusCode} {answer.ErrorCode}".TrimEnd()
            : $"{(int)answer.StatusCode} {answer.ErrorCode}, {Line(answer.Message)}".TrimEnd(' ', ',');

    private static string? Header(AmazonS3Exception answer, string name)
        => answer.InnerException is HttpErrorResponseException { Response: { } response } && response.IsHeaderPresent(name)
            ? response.GetHeaderValue(name)
            : null;

    private static string Line(string text)
        => string.Create(text.Length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });
}
