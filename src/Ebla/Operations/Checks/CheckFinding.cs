using Ebla.Primitives;

namespace Ebla.Operations.Checks;

/// <summary>One thing that a check found.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Object">The object, if it is one.</param>
/// <param name="Message">What is wrong, and what it means.</param>
public sealed record CheckFinding(CheckSeverity Severity, CheckSubject Subject, ObjectName? Object, string Message)
{
    /// <summary>The snapshots that cannot be restored whole because of it, as far as that can be known.</summary>
    public IReadOnlyList<ObjectId> Snapshots { get; init; } = [];
}
