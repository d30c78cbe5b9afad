using Ebla.Encryption;

namespace Ebla.Simulation.Scheduling;

/// <summary>Keys, nonces and ids of chance: random to the product, the same in each run of a seed.</summary>
internal sealed class SeededEntropy(Chance chance) : IEntropy
{
    public void Fill(Span<byte> destination) => chance.Bytes(destination.Length).CopyTo(destination);
}
