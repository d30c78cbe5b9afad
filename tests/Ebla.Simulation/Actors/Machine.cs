using Ebla.Primitives;
using Ebla.Simulation.Scheduling;
using Ebla.Simulation.Sources;

namespace Ebla.Simulation.Actors;

/// <summary>A machine: its files, its clock, its cache, its chance.</summary>
/// <param name="Name">Its host name.</param>
/// <param name="Folder">Where its files are, as the system knows it.</param>
/// <param name="Source">Its files.</param>
/// <param name="SourcePath">The path under which they are backed up: the same in every process.</param>
/// <param name="CacheFolder">Its cache; null for none.</param>
/// <param name="ClockOffset">By how much its clock is wrong.</param>
/// <param name="Chance">Its chance.</param>
internal sealed record Machine(
    string Name, string Folder, SourceFolder Source, ByteName SourcePath, string? CacheFolder, TimeSpan ClockOffset, Chance Chance);
