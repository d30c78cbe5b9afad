namespace Ebla.Operations.Trials;

/// <summary>How much is tried.</summary>
public sealed record TrialOptions
{
    /// <summary>Fewer and smaller objects: enough to find most of what can be wrong, in a few seconds.</summary>
    public bool IsQuick { get; init; }

    /// <summary>How many requests the store is given at once where many are.</summary>
    public int RequestsInFlight { get; init; } = 8;

    /// <summary>Measures time.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What is tried.</summary>
    internal IReadOnlyList<Trial> Trials { get; init; } = TrialList.All;
}
