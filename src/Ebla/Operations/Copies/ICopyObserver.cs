using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Copies;

/// <summary>Told what a copy does and meets.</summary>
public interface ICopyObserver
{
    /// <summary>The copy begins; the counters go on changing.</summary>
    void Started(CopyCounters counters);

    /// <summary>Something of the source is damaged.</summary>
    void Problem(string message);

    /// <summary>Something to know that stops nothing.</summary>
    void Notice(string message);

    /// <summary>A snapshot has been committed; in a dry run: would be.</summary>
    /// <param name="source">The snapshot in the source.</param>
    /// <param name="copy">Its name in the destination; null in a dry run.</param>
    void Copied(StoredSnapshot source, ObjectId? copy);
}
