using Ebla.Primitives;

namespace Ebla.Backends.Rclone;

/// <summary>Runs <c>rclone serve restic --stdio</c>: HTTP/2 over its standard input and output, which nobody else can reach.</summary>
internal sealed class RcloneServer(string location, string program, IReadOnlyList<string> arguments, string remote) : IAsyncDisposable
{
    // rclone keeps what it once listed and goes on showing it after others deleted it, hence no cache. Backblaze hides what is deleted and
    // goes on charging for it, unless it is told not to. Both can be changed again by the user's arguments, which come later.
    private static readonly string[] Fixed = ["serve", "restic", "--stdio", "--cache-objects=false", "--b2-hard-delete"];

    // What rclone's last line says of a full store or a refusal, by which trying again is of no use. Its answers say "500" to everything.
    private static readonly string[] FullWords =
        ["no space left on device", "remaining disk space", "quota exceeded", "storageQuotaExceeded", "insufficient_space"];
    private static readonly string[] DeniedWords =
    [
        "permission denied", "access denied", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "Unauthorized", "Forbidden",
        "unable to authenticate", "Login incorrect", "invalid_grant", "AuthenticationFailed", "status code: 401", "status code: 403",
    ];
    private static readonly string[] NoContactWords =
        ["no such host", "connection refused", "no route to host", "network is unreachable", "i/o timeout", "temporary failure in name resolution"];
    private static readonly string[] UnknownRemoteWords = ["didn't find section in config file", "didn't find backend called"];

    private readonly RcloneInquiry _inquiry = new(program, arguments, remote);
    private readonly Lock _lock = new();
    private RcloneProcess? _process;
    private bool _isDisposed;

    /// <summary>Starts rclone, and gives the line to it.</summary>
    public ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _process?.Kill();
            _process = RcloneProcess.Start(location, program, [.. Fixed, .. arguments, remote]);
            return ValueTask.FromResult<Stream>(_process.Line);
        }
    }

    /// <summary>Makes of a failure what rclone says of it.</summary>
    public Exception Explain(Exception exception)
    {
        RcloneProcess? process;
        lock (_lock)
        {
            process = _process;
        }
        if (process is null || exception is not BackendException { IsTransient: true } failure)
        {
            return exception;
        }
        bool hasFailedAtStart = process.HasFailedAtStart;
        string? words = process.FindLastWords();
        // What happened to HTTP when nobody was there says nothing.
        string? message = words is null ? null
            : hasFailedAtStart ? $"{location}: rclone cannot open this: {words.TrimEnd('.')}."
            : $"{failure.Message} rclone says: {words.TrimEnd('.')}.";
        if (message is not null && Judge(message, words!, exception) is { } judged)
        {
            return judged;
        }
        if (hasFailedAtStart)
        {
            return new BackendException(
                message ?? $"{location}: rclone ended at once, without a word.", isTransient: false, exception);
        }
        return _inquiry.Ask() is { } answer && Judge($"{location}: rclone says: {answer.TrimEnd('.')}.", answer, exception) is { } known ? known
            : message is null ? exception
            : new BackendException(message, isTransient: true, exception) { Kind = failure.Kind };
    }

    public async ValueTask DisposeAsync()
    {
        RcloneProcess? process;
        lock (_lock)
        {
            _isDisposed = true;
            process = _process;
            _process = null;
        }
        if (process is not null)
        {
            await process.DisposeAsync().ConfigureAwait(false);
        }
    }

    // What the words tell; null if nothing.
    private EblaException? Judge(string message, string words, Exception exception)
    {
        string bare = words.Replace(remote, "", StringComparison.Ordinal);
        bool Says(string[] all) => all.Any(word => bare.Contains(word, StringComparison.OrdinalIgnoreCase));
        return Says(DeniedWords) ? new AccessDeniedException(message, exception)
            : Says(FullWords) ? new BackendException(message, isTransient: false, exception)
            : Says(NoContactWords)
            ? new BackendException(message, isTransient: true, exception) { Kind = BackendFailureKind.NoContact }
            : Says(UnknownRemoteWords)
            ? new BackendException(
                $"{location}: rclone has no remote of this name ('rclone listremotes' shows which it has): {words.TrimEnd('.')}.",
                isTransient: false,
                exception)
            : null;
    }
}
