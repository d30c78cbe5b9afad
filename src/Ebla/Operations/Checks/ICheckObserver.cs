namespace Ebla.Operations.Checks;

/// <summary>Told what a check meets. Calls come from several threads.</summary>
public interface ICheckObserver
{
    /// <summary>The check begins; the counters go on changing.</summary>
    void Started(CheckCounters counters);

    /// <summary>Something was found. It is in the result too.</summary>
    void Found(CheckFinding finding);
}
