namespace Ebla.Cli.Invocation;

/// <summary>Standard error: what people read while a command runs. Safe for concurrent use.</summary>
internal sealed class Messages(bool isQuiet) : IDisposable
{
    private readonly Lock _lock = new();

    public bool IsQuiet { get; } = isQuiet;

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

    public void WriteLine(string line)
    {
        lock (_lock)
        {
            Console.Error.WriteLine(line);
        }
    }

    public void Dispose()
    {
    }
}
