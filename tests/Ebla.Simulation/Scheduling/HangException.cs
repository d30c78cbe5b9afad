namespace Ebla.Simulation.Scheduling;

/// <summary>A run that does not come to its end.</summary>
internal sealed class HangException(string message) : Exception(message);
