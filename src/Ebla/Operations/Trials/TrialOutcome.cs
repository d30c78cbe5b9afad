namespace Ebla.Operations.Trials;

/// <summary>How a trial ended that nothing broke.</summary>
internal sealed record TrialOutcome(TrialVerdict Verdict, string Found)
{
    public static TrialOutcome Holds(string found) => new(TrialVerdict.Holds, found);

    public static TrialOutcome Unseen(string found) => new(TrialVerdict.CannotBeSeen, found);

    public static TrialOutcome NotOffered(string found) => new(TrialVerdict.NotOffered, found);
}
