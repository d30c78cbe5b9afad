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
        ["permission denied", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "401 Unauthorized", "403 Forbidden"];

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

    /// <summary>Adds what rclone said last to a failure.</summary>
    public Exception Explain(Exception exception)
    {
        RcloneProcess? process;
        lock (_lock)
        {
            process = _process;
        }
        if (exception is not BackendException { IsTransient: true } failure || process?.TakeLastLine() is not { } line)
        {
            return exception;
        }
        string message = $"{failure.Message} rclone says: {line}";
        bool Says(string[] words) => words.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase));
        return Says(DeniedWords)
            ? new AccessDeniedException(message, exception)
            : new BackendException(message, isTransient: !Says(FullWords) && !process.HasFailedAtStart, exception);
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
}
