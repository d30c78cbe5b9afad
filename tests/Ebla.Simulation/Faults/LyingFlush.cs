using Ebla.Backends;

namespace Ebla.Simulation.Faults;

/// <summary>A store that says it has flushed, and has not.</summary>
internal sealed class LyingFlush(IBackend inner) : Passing(inner)
{
    public override ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
}
