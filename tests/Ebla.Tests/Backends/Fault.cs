namespace Ebla.Tests.Backends;

/// <summary>One planned fault.</summary>
/// <param name="Operation">At which operation, counted from 1.</param>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Count">How many operations in a row; <see cref="long.MaxValue"/> for a fault that stays.</param>
internal sealed record Fault(long Operation, FaultKind Kind, long Count = 1)
{
    /// <summary>What goes wrong at an operation; null for nothing.</summary>
    public FaultKind? KindAt(long operation) => operation >= Operation && operation - Operation < Count ? Kind : null;
}
