using System.ComponentModel;
using System.Diagnostics;
using Ebla.Primitives;

namespace Ebla.Backends.Rclone;

/// <summary>One run of rclone. It ends with us in any case: when we die, its input ends.</summary>
internal sealed class RcloneProcess : IAsyncDisposable
{
    private const int LineLengthMax = 400;

    // Its last words come on another pipe than the failure.
    private static readonly TimeSpan LastWordsTime = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan EndingTime = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly Task _listening;
    private readonly ManualResetEventSlim _hasNewLine = new();
    private volatile string? _lastLine;

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

    /// <summary>The last thing it said, once; null if it said nothing since.</summary>
    public string? TakeLastLine()
    {
        _ = Line.HasEnded ? _listening.Wait(EndingTime) : _hasNewLine.Wait(LastWordsTime);
        string? line = Interlocked.Exchange(ref _lastLine, null);
        _hasNewLine.Reset();
        return line;
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
            // "2026/01/02 03:04:05 ERROR : what happened"
            string text = line.Length > 20 && line[4] == '/' && line[19] == ' ' ? line[20..] : line;
            text = new string([.. text.Take(LineLengthMax).Select(static letter => char.IsControl(letter) ? ' ' : letter)]).Trim();
            if (text.Length > 0 && !text.StartsWith("NOTICE", StringComparison.Ordinal))
            {
                _lastLine = text;
                _hasNewLine.Set();
            }
        }
    }

    private static string? Find(string program)
        => program.Contains('/', StringComparison.Ordinal)
            ? File.Exists(program) ? Path.GetFullPath(program) : null
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Join(folder, program))
                .FirstOrDefault(File.Exists);
}
