namespace Ebla.Operations.Trials;

/// <summary>One thing that is tried on a store.</summary>
/// <param name="Name">Short; shown, and written in reports.</param>
/// <param name="IsNeeded">Whether a repository is not safe without it.</param>
/// <param name="RunAsync">Tries it. Throws <see cref="BrokenPromiseException"/> if it does not hold.</param>
internal sealed record Trial(string Name, bool IsNeeded, Func<TrialGround, CancellationToken, Task<TrialOutcome>> RunAsync)
{
    /// <summary>Whether all that follow make no sense without it.</summary>
    public bool IsBasis { get; init; }
}
