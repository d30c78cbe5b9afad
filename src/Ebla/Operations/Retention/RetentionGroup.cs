using Ebla.Primitives;

namespace Ebla.Operations.Retention;

/// <summary>Snapshots that are judged together: rules count within a group.</summary>
/// <param name="Writer">Whose snapshots they are. One writer's never push out another's.</param>
/// <param name="Host">The machine; null if groups do not go by it.</param>
/// <param name="Paths">The paths, sorted; null if groups do not go by them.</param>
/// <param name="Tags">The tags, sorted; null if groups do not go by them.</param>
/// <param name="Verdicts">Oldest first.</param>
public sealed record RetentionGroup(
    MemberId Writer, ByteName? Host, IReadOnlyList<ByteName>? Paths, IReadOnlyList<string>? Tags, IReadOnlyList<RetentionVerdict> Verdicts)
{
    /// <summary>What looks wrong, though it forbids nothing.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Why nothing of the group is forgotten until the user confirms it; null if there is no such reason.</summary>
    public string? Objection { get; init; }

    /// <summary>How many would stay.</summary>
    public int KeptCount => Verdicts.Count(verdict => verdict.IsKept);

    /// <summary>How many would go.</summary>
    public int ForgottenCount => Verdicts.Count - KeptCount;
}
