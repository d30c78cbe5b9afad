namespace Ebla.Operations.Trials;

/// <summary>Told how the trials of a store go, in order.</summary>
public interface ITrialObserver
{
    /// <summary>A trial begins.</summary>
    void Started(string name);

    /// <summary>A trial ended. It is in the result too.</summary>
    void Found(TrialFinding finding);

    /// <summary>Something was put and could not be removed again. Told also when the trials were cancelled.</summary>
    void Left(string what);
}
