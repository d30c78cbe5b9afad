using System.Runtime.InteropServices;

namespace Ebla.Cli.Invocation;

/// <summary>
/// ^C, a stop by the system, a terminal that goes away: the first cancels, the second ends the program at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _count;

    public Interruption()
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, Handle));
        }
    }

    public CancellationToken Token => _source.Token;

    /// <summary>
    /// While this is set, nothing has been begun that would have to be cleaned up: the first signal ends the program.
    /// </summary>
    public bool IsImmediate { get; set; }

    /// <summary>What to do before the program ends at once.</summary>
    public Action? EndingAtOnce { get; set; }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) > 1 || IsImmediate)
        {
            EndingAtOnce?.Invoke();
            Environment.Exit(ExitCode.Interrupted);
        }
        // Not on this thread: whoever is told may block, and the next signal must get through.
        _ = Task.Run(_source.Cancel);
    }
}
