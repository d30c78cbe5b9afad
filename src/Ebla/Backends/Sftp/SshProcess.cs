using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>A running ssh.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class SshProcess : SftpTransport
{
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly AskPass? _askPass;
    private readonly SshMessages _messages;
    private readonly Stream _errors;
    private readonly TaskCompletionSource _messagesEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isKilled;

    private SshProcess(Process process, AskPass? askPass, SshMessages messages)
    {
        _process = process;
        _askPass = askPass;
        _messages = messages;
        ToServer = process.StandardInput.BaseStream;
        FromServer = process.StandardOutput.BaseStream;
        _errors = process.StandardError.BaseStream;
        new Thread(ReadMessages, maxStackSize: 256 * 1024) { IsBackground = true, Name = "sftp messages" }.Start();
    }

    /// <inheritdoc/>
    public override Stream ToServer { get; }

    /// <inheritdoc/>
    public override Stream FromServer { get; }

    /// <summary>Starts it.</summary>
    /// <param name="command">What to start.</param>
    /// <param name="messages">Takes what it says on its standard error.</param>
    /// <param name="stallTime">How long the line may be silent.</param>
    /// <param name="password">Answers what it asks; null if it may ask nothing.</param>
    public static SshProcess Start(SshCommand command, SshMessages messages, TimeSpan stallTime, string? password)
    {
        AskPass? askPass = null;
        try
        {
            askPass = password is null ? null : new AskPass(password);
            return new SshProcess(Process.Start(command.StartInfo(stallTime, askPass))!, askPass, messages);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or UnauthorizedAccessException)
        {
            askPass?.Dispose();
            throw new BackendException($"{messages.Where}: ssh cannot be started: {exception.Message}", isTransient: false, exception);
        }
    }

    /// <inheritdoc/>
    public override SftpFailure ExplainEnd()
    {
        int? exitCode = null;
        try
        {
            // Its words may still be on the way. A process that it left behind may hold the pipe open, hence the limits.
            if (!_isKilled && _process.WaitForExit(EndTime))
            {
                _ = _messagesEnded.Task.Wait(EndTime / 4);
                exitCode = _process.ExitCode;
            }
        }
        catch (InvalidOperationException) when (_isKilled)
        {
            // We have just ended it ourselves.
        }
        return _messages.Explain(exitCode);
    }

    /// <inheritdoc/>
    public override void Kill()
    {
        _isKilled = true;
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended already.
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _askPass?.Dispose();
        _process.Dispose();
    }

    private void ReadMessages()
    {
        try
        {
            byte[] buffer = new byte[4096];
            for (int read = _errors.Read(buffer); read > 0; read = _errors.Read(buffer))
            {
                _messages.Add(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // There is nothing more to read.
        }
        finally
        {
            _errors.Dispose();
            _messagesEnded.SetResult();
        }
    }
}
