namespace Ebla.Operations.Restores;

/// <summary>Told what a restore meets. Calls come from several threads.</summary>
public interface IRestoreObserver
{
    /// <summary>The restore begins; the counters go on changing.</summary>
    void Started(RestoreCounters counters);

    /// <summary>Something is damaged or could not be written. All the rest is restored. It counts as an error.</summary>
    void Problem(RestoreProblem problem);

    /// <summary>Something worth knowing that is no error.</summary>
    void Notice(RestoreProblem notice);

    /// <summary>What a dry run would do to an entry. From one thread at a time.</summary>
    void Planned(RestoreStep planned)
    {
    }
}
