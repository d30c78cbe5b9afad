namespace Ebla.Tests.PruneModel;

/// <summary>One step of somebody, for a counterexample.</summary>
/// <param name="Who">As in "writer 0".</param>
/// <param name="Index">Which of them.</param>
/// <param name="What">What it did.</param>
/// <param name="Value">With what: a number, or a set as a bit mask.</param>
internal readonly record struct Move(string Who, int Index, string What, int Value)
{
    public override string ToString() => $"{Who} {Index} {What} {Value} (binary {Value:b})";
}
