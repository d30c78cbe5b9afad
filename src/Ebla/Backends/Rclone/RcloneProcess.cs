using System.ComponentModel;
using System.Diagnostics;
using Ebla.Primitives;

namespace Ebla.Backends.Rclone;

/// <summary>One run of rclone. It ends with us in any case: when we die, its input ends.</summary>
internal sealed class RcloneProcess : IAsyncDisposable
{
    // Its last words come on another pipe than the failure.
    private static readonly TimeSpan LastWordsTime = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan EndingTime = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly Task _listening;
    private readonly ManualResetEventSlim _hasNewLine = new();
    private readonly RcloneMessages _messages = new();

    private RcloneProcess(Process process)
    {
        _process = process;
        Line = new PipePair(process.StandardOutput.BaseStream, process.StandardInput.BaseStream);
        _listening = Task.Run(ListenAsync);
    }

    /// <summary>What goes to rclone and comes from it.</summary>
    public PipePair Line { get; }

    /// <summary>Whether it ended before it ever answered: then it will do so again.</summary>
    public bool HasFailedAtStart => !Line.HasReceived && _process.WaitForExit(EndingTime);

    /// <summary>Starts the program.</summary>
    /// <exception cref="BackendException">It is not there.</exception>
    public static RcloneProcess Start(string location, string program, IReadOnlyList<string> arguments)
    {
        string path = Find(program) ?? throw new BackendException(
            $"{location}: the program '{program}' is not there. Install rclone, or say where it is: -o rclone.program=PATH.", isTransient: false);

        // In a session of its own, it does not get the Ctrl-C that is meant for us: we still have to tell the store what becomes of it.
        string? session = Find("setsid");
        ProcessStartInfo start = new(session ?? path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in session is null ? arguments : [path, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }
        try
        {
            return new RcloneProcess(Process.Start(start)!);
        }
        catch (Win32Exception exception)
        {
            throw new BackendException($"{location}: cannot start '{path}': {exception.Message}.", isTransient: false, exception);
        }
    }

    /// <summary>The last thing it said, if that was just now, or if it was said at its end; otherwise null.</summary>
    public string? FindLastWords()
    {
        if (Line.HasEnded)
        {
            _ = _listening.Wait(EndingTime);
            return _messages.Last;
        }
        if (_messages.Recent is { } already)
        {
            return already;
        }
        _hasNewLine.Reset();
        _ = _hasNewLine.Wait(LastWordsTime);
        return _messages.Recent;
    }

    public void Kill()
    {
        Line.Dispose();
        _process.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        Line.Dispose();
        using (CancellationTokenSource timeout = new(EndingTime))
        {
            try
            {
                await _process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }
        await _listening.ConfigureAwait(false);
        _process.Dispose();
        _hasNewLine.Dispose();
    }

    private async Task ListenAsync()
    {
        while (await _process.StandardError.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (_messages.Take(line))
            {
                _hasNewLine.Set();
            }
        }
    }

    /// <summary>The path of a program; null if it is not there.</summary>
    public static string? Find(string program)
        => program.Contains('/', StringComparison.Ordinal)
            ? File.Exists(program) ? Path.GetFullPath(program) : null
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Join(folder, program))
                .FirstOrDefault(File.Exists);
}
