namespace Ebla.Operations.Trials;

/// <summary>What the trials of a store found.</summary>
public sealed record TrialResult
{
    /// <summary>A finding for each trial, in their order.</summary>
    public required IReadOnlyList<TrialFinding> Findings { get; init; }

    /// <summary>How fast it was.</summary>
    public required TrialMeasures Measures { get; init; }

    /// <summary>What was put and could not be removed again, in words for people.</summary>
    public required IReadOnlyList<string> Left { get; init; }

    /// <summary>Whether all that a repository needs holds, as far as can be seen.</summary>
    public bool IsFit => Findings.All(static finding => !finding.IsNeeded || finding.Verdict != TrialVerdict.DoesNotHold);
}
