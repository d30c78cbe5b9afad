namespace Ebla.Simulation.Actors;

/// <summary>What befalls a process, and at which of its requests; zero for never.</summary>
internal sealed record ProcessFate(int DiesAt = 0, int SleepsAt = 0, TimeSpan SleepsFor = default, int InterruptedAt = 0)
{
    public static readonly ProcessFate Kind = new();

    public bool IsKind => this == Kind;
}
