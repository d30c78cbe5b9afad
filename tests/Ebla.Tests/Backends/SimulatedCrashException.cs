namespace Ebla.Tests.Backends;

/// <summary>The process is dead from here on. Not an <see cref="Ebla.Primitives.EblaException"/>: nobody may handle it.</summary>
internal sealed class SimulatedCrashException(long operation) : Exception($"crashed at operation {operation}");
