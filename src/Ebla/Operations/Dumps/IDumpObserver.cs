namespace Ebla.Operations.Dumps;

/// <summary>Told what a dump cannot hold.</summary>
public interface IDumpObserver
{
    /// <summary>Something is missing in what is written, or not as it was. Each kind once, with a count.</summary>
    void Problem(DumpProblem problem);
}
