namespace Ebla.Operations.Trials;

/// <summary>What a trial of a store found.</summary>
public enum TrialVerdict
{
    /// <summary>The promise was kept each time.</summary>
    Holds,

    /// <summary>The promise was broken.</summary>
    DoesNotHold,

    /// <summary>Nothing from here can show whether it holds, or nothing could be tried.</summary>
    CannotBeSeen,

    /// <summary>The store says that it does not have this.</summary>
    NotOffered,
}
