using System.Runtime.Versioning;
using Ebla.Backends.Locations;
using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>Holds the connection to a server: made by the first call that needs it, and made anew by the next one after it ended.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class SftpDialer(SftpLocation location, SftpOptions options, BackendSettings settings) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closing = new();
    private Task<SftpCalls>? _current;
    private Task<string?>? _password;
    private bool _isDisposed;

    /// <summary>The connection. Many may ask at once; it is made once.</summary>
    public Task<SftpCalls> ConnectAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task<SftpCalls> current;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_current is null || IsUseless(_current))
            {
                _current = OpenAsync(_current);
            }
            current = _current;
        }
        return current.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<SftpCalls>? current;
        lock (_lock)
        {
            _isDisposed = true;
            (current, _current) = (_current, null);
        }
        await _closing.CancelAsync().ConfigureAwait(false);
        await CloseAsync(current).ConfigureAwait(false);
    }

    private static bool IsUseless(Task<SftpCalls> connecting)
        => connecting.IsCompleted && (!connecting.IsCompletedSuccessfully || connecting.Result.Connection.IsOver);

    private static async Task CloseAsync(Task<SftpCalls>? connecting)
    {
        if (connecting is null)
        {
            return;
        }
        try
        {
            await (await connecting.ConfigureAwait(false)).Connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is EblaException or OperationCanceledException)
        {
            // It did not come about, and left nothing.
        }
    }

    private async Task<SftpCalls> OpenAsync(Task<SftpCalls>? previous)
    {
        // Off the caller's lock.
        await Task.Yield();
        await CloseAsync(previous).ConfigureAwait(false);
        TimeSpan stallTime = settings.Line.Limits.StallTime;
        SshMessages messages = new(location.ToString(), settings.Notice);
        SshProcess process = SshProcess.Start(
            new SshCommand(location, options), messages, stallTime, await FindPasswordAsync().ConfigureAwait(false));
        return new SftpCalls(await SftpConnection.OpenAsync(process, location.ToString(), stallTime, _closing.Token).ConfigureAwait(false));
    }

    // Asked once, also if it is asked for again after the line dropped. Only this method touches the field, and it runs once at a time.
    private async Task<string?> FindPasswordAsync()
    {
        _password ??= options.Command is null
            ? settings.FindPassword(_closing.Token).AsTask()
            : Task.FromResult<string?>(null);
        return await _password.ConfigureAwait(false);
    }
}
