using Ebla.Cli.Rendering;
using Spectre.Console;

namespace Ebla.Cli.Invocation;

/// <summary>Standard error: what people read while a command runs. Safe for concurrent use.</summary>
internal sealed class Messages(bool isQuiet, bool isJson)
{
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private IAnsiConsole? _live;

    public bool IsQuiet { get; } = isQuiet;

    /// <summary>Whether somebody watches.</summary>
    public bool IsLive { get; } = !isQuiet && !isJson && !Console.IsErrorRedirected
        && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb";

    /// <summary>Something that is worth knowing and no error. Not shown if quiet.</summary>
    public void Notice(string message)
    {
        if (!IsQuiet)
        {
            WriteLine(message);
        }
    }

    /// <summary>Something went wrong.</summary>
    public void Problem(string message) => WriteLine(message);

    /// <summary>
    /// Keeps lines at the bottom of the terminal up to date while <paramref name="work"/> runs; messages go above them.
    /// </summary>
    public async Task<T> ShowWhileAsync<T>(Func<IReadOnlyList<string>> lines, Task<T> work)
    {
        if (!IsLive)
        {
            return await work;
        }
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        try
        {
            await console.Live(Render()).AutoClear(true).StartAsync(async display =>
            {
                Attach(console);
                do
                {
                    display.UpdateTarget(Render());
                    _ = await Task.WhenAny(work, Task.Delay(RedrawInterval));
                }
                while (!work.IsCompleted);
                Attach(null);
            });
        }
        catch (IOException) when (!work.IsFaulted)
        {
            // The terminal is gone. The work is not.
        }
        finally
        {
            Attach(null);
        }
        return await work;

        UnwrappedLines Render() => new(lines(), isCut: true);
    }

    /// <summary>Before the program ends without cleaning up: the cursor is hidden while lines are redrawn.</summary>
    public void RestoreTerminal()
    {
        try
        {
            _live?.Cursor.Show();
        }
        catch (IOException)
        {
            // It is gone.
        }
    }

    private void Attach(IAnsiConsole? console)
    {
        lock (_lock)
        {
            _live = console;
        }
    }

    private void WriteLine(string line)
    {
        lock (_lock)
        {
            try
            {
                if (_live is not null)
                {
                    _live.Write(new UnwrappedLines([line], isCut: false));
                }
                else
                {
                    Console.Error.WriteLine(line);
                }
            }
            catch (IOException)
            {
                // Nobody reads standard error any more. What was to be done goes on, and the exit code still tells.
            }
        }
    }
}
