using System.Security.Cryptography;
using System.Text;
using Ebla.Encryption;

namespace Ebla.Tests.Keys;

/// <summary>SHA-256 of a seed and a counter: the same bytes on every run.</summary>
internal sealed class DeterministicEntropy(string seed) : IEntropy
{
    private readonly Lock _lock = new();
    private int _counter;

    public void Fill(Span<byte> destination)
    {
        lock (_lock)
        {
            while (!destination.IsEmpty)
            {
                byte[] block = SHA256.HashData(Encoding.ASCII.GetBytes($"{seed} {_counter++}"));
                int length = Math.Min(block.Length, destination.Length);
                block.AsSpan(0, length).CopyTo(destination);
                destination = destination[length..];
            }
        }
    }
}
