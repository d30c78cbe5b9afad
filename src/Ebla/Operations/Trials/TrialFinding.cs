namespace Ebla.Operations.Trials;

/// <summary>The outcome of one trial.</summary>
/// <param name="Name">The name of the trial; stays the same between versions.</param>
/// <param name="Verdict">What it found.</param>
/// <param name="IsNeeded">Whether a repository is not safe without this.</param>
/// <param name="Found">What was seen, for people; one line.</param>
/// <param name="Duration">How long it took.</param>
public sealed record TrialFinding(string Name, TrialVerdict Verdict, bool IsNeeded, string Found, TimeSpan Duration);
