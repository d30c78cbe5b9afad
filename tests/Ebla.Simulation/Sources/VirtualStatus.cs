namespace Ebla.Simulation.Sources;

/// <summary>What a file is to be seen as.</summary>
/// <param name="Inode">Its number.</param>
/// <param name="Version">Grows with each change, and makes its times.</param>
internal sealed record VirtualStatus(ulong Inode, long Version);
