namespace Ebla.Simulation.Actors;

/// <summary>What befalls a process, and at which of its requests.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">The how-manieth request; counted are those whose description begins like this.</param>
/// <param name="Request">The beginning; empty for all.</param>
/// <param name="SleepsFor">How long it sleeps, if it does.</param>
internal sealed record ProcessFate(FateKind Kind, int At = 0, string Request = "", TimeSpan SleepsFor = default);
