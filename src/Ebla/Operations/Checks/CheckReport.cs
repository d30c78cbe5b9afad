using Ebla.Primitives;

namespace Ebla.Operations.Checks;

/// <summary>Gathers findings. Safe for concurrent use.</summary>
internal sealed class CheckReport(ICheckObserver? observer)
{
    private readonly Lock _lock = new();
    private readonly List<CheckFinding> _findings = [];

    /// <summary>The worst first; within a severity in the order in which they were found.</summary>
    public IReadOnlyList<CheckFinding> Findings
    {
        get
        {
            lock (_lock)
            {
                return [.. _findings.OrderByDescending(finding => finding.Severity)];
            }
        }
    }

    public void Add(CheckFinding finding)
    {
        lock (_lock)
        {
            _findings.Add(finding);
        }
        observer?.Found(finding);
    }

    public void Add(CheckSeverity severity, CheckSubject subject, string message)
        => Add(new CheckFinding(severity, subject, null, message));

    public void Add(CheckSeverity severity, ObjectName name, string message)
        => Add(new CheckFinding(severity, SubjectOf(name.Kind), name, message));

    /// <summary>
    /// An object that could not be read or opened. What a newer version wrote is not damage, but it was not checked.
    /// </summary>
    public void AddFailure(ObjectName name, EblaException failure)
        => Add(
            failure is UnsupportedFormatException ? CheckSeverity.Warning : CheckSeverity.Damage,
            name,
            failure is CorruptDataException ? failure.Message + AdviceFor(name.Kind) : failure.Message);

    /// <summary>Takes over what an attempt found that is to count.</summary>
    public void Add(CheckReport attempt)
    {
        foreach (CheckFinding finding in attempt._findings)
        {
            Add(finding);
        }
    }

    /// <summary>
    /// Whether the failure tells of one object, so that the check goes on with the others: also that the disk cannot read it.
    /// </summary>
    public static bool IsOfObject(Exception failure)
        => failure is CorruptDataException or UnsupportedFormatException or BackendException { IsTransient: false };

    /// <summary>What to do about a damaged object (docs/pruning.md); empty where the finding's other words say it.</summary>
    public static string AdviceFor(ObjectKind kind) => kind switch
    {
        ObjectKind.Index => " Nothing is lost by it alone: delete this object from the store, at any time.",
        ObjectKind.Snapshot => " Put it back from a copy of the store, or delete this object.",
        ObjectKind.Note => " Put it back from a copy of the store; or look at ebla snapshots, delete this object, and pin again what it pinned.",
        ObjectKind.Session => " It stops prunes: when no backup, copy or prune runs on any machine, delete this object from the store.",
        ObjectKind.Condemned =>
            " It stops backups and prunes: when no backup, copy or prune runs on any machine, delete this object from the store, and prune.",
        _ => "",
    };

    private static CheckSubject SubjectOf(ObjectKind kind) => kind switch
    {
        ObjectKind.Pack => CheckSubject.Pack,
        ObjectKind.Index => CheckSubject.Index,
        ObjectKind.Snapshot => CheckSubject.Snapshot,
        ObjectKind.Key => CheckSubject.Key,
        ObjectKind.Setting => CheckSubject.Setting,
        ObjectKind.Session => CheckSubject.Session,
        ObjectKind.Condemned => CheckSubject.Condemned,
        _ => CheckSubject.Note,
    };
}
