using System.Diagnostics;
using System.Globalization;
using Ebla.Tests.Architecture;

namespace Ebla.Tests.Backends.Servers;

/// <summary>A TCP line to a server on this machine that breaks when it is told to: tests/wire/faulty-line, driven from here.</summary>
/// <remarks>Its text of help lists the commands.</remarks>
internal sealed class FaultyLine : IDisposable
{
    private readonly Process _process;

    private FaultyLine(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    /// <summary>The port of 127.0.0.1 that leads to the target.</summary>
    public int Port { get; }

    /// <summary>A line to a port of 127.0.0.1.</summary>
    public static FaultyLine To(int port)
    {
        ProcessStartInfo start = new(Path.Join(Checkout.Root, "tests", "wire", "faulty-line"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(port.ToString(CultureInfo.InvariantCulture));
        Process process = Process.Start(start)!;
        string? answer = process.StandardOutput.ReadLine();
        return int.TryParse(answer, CultureInfo.InvariantCulture, out int listening)
            ? new FaultyLine(process, listening)
            : throw new InvalidOperationException($"faulty-line does not start: {answer}");
    }

    /// <summary>Tells it what to do, such as "cut-once up 100000", and gives its answer, after which it does that.</summary>
    public string Tell(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        string? answer = _process.StandardOutput.ReadLine();
        return answer is not null && answer.StartsWith("ok", StringComparison.Ordinal)
            ? answer
            : throw new InvalidOperationException($"faulty-line, '{command}': {answer}");
    }

    /// <summary>One of the numbers of the command "count": connections, open, broken, up, down.</summary>
    public long Count(string what)
    {
        string pair = Tell("count").Split(' ').Single(text => text.StartsWith(what + "=", StringComparison.Ordinal));
        return long.Parse(pair[(what.Length + 1)..], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
