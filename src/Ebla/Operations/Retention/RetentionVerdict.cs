using Ebla.Repositories;

namespace Ebla.Operations.Retention;

/// <summary>What is to become of a snapshot, and why.</summary>
/// <param name="Stored">The snapshot.</param>
/// <param name="IsKept">Whether it stays.</param>
/// <param name="Reasons">Why: all rules that keep it, or the one reason for which it goes.</param>
public sealed record RetentionVerdict(StoredSnapshot Stored, bool IsKept, IReadOnlyList<string> Reasons);
