namespace Ebla.Simulation.Oracles;

/// <summary>A promise was broken. The message says which.</summary>
internal sealed class OracleException(string message) : Exception(message);
