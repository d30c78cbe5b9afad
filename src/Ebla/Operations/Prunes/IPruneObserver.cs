namespace Ebla.Operations.Prunes;

/// <summary>Learns what a prune does. Called from any thread.</summary>
public interface IPruneObserver
{
    /// <summary>What it is at now, in a few words for people.</summary>
    void Doing(string what);

    /// <summary>Something that the user should know.</summary>
    void Notice(string message);

    /// <summary>Something that is wrong, though the run goes on.</summary>
    void Problem(string message);
}
