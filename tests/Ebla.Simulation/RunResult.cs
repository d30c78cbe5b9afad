namespace Ebla.Simulation;

/// <summary>How a run went.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Violation">What was broken; null if nothing was.</param>
/// <param name="TraceHash">The same for the same run.</param>
/// <param name="Trace">What happened.</param>
/// <param name="Steps">How many things happened.</param>
/// <param name="Summary">Counts for people.</param>
internal sealed record RunResult(ulong Seed, string? Violation, string TraceHash, IReadOnlyList<string> Trace, int Steps, string Summary);
