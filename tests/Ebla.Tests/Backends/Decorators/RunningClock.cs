using Microsoft.Extensions.Time.Testing;

namespace Ebla.Tests.Backends.Decorators;

/// <summary>A clock that leaps ahead while somebody waits for it: hours of waiting take no time.</summary>
/// <param name="step">How far it leaps at once; waits are longer by as much.</param>
internal sealed class RunningClock(TimeSpan step)
{
    public FakeTimeProvider Time { get; } = new();

    /// <summary>Lets time pass until the work is done.</summary>
    /// <returns>How much has passed.</returns>
    public async Task<TimeSpan> RunAsync(Func<Task> work)
    {
        DateTimeOffset start = Time.GetUtcNow();
        Task running = Task.Run(work);
        while (!running.IsCompleted)
        {
            // Real time for the work to get to its next wait.
            _ = await Task.WhenAny(running, Task.Delay(1));
            Time.Advance(step);
        }
        await running;
        return Time.GetUtcNow() - start;
    }
}
