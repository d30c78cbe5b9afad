using System.Security.Cryptography;

namespace Ebla.Encryption;

/// <summary>The random numbers of the operating system.</summary>
internal sealed class SystemEntropy : IEntropy
{
    public static readonly SystemEntropy Instance = new();

    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
