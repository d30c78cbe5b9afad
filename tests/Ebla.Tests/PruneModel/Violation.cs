namespace Ebla.Tests.PruneModel;

/// <summary>What went wrong, and the steps that led to it.</summary>
internal sealed record Violation(string What, IReadOnlyList<string> Steps, int StateCount)
{
    public override string ToString() => $"{What}, after {Steps.Count} steps ({StateCount} states):\n"
        + string.Join('\n', Steps.Select((step, i) => $"  {i + 1,2} {step}"));
}
