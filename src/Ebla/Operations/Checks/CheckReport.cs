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
        => Add(failure is UnsupportedFormatException ? CheckSeverity.Warning : CheckSeverity.Damage, name, failure.Message);

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
