using System.Security.Cryptography;
using System.Text;

namespace Ebla.Simulation.Scheduling;

/// <summary>What happened, line by line, and one hash of it all: two runs with the same hash did the same.</summary>
internal sealed class Trace : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    public void Add(string line)
    {
        _lines.Add(line);
        _hash.AppendData(Encoding.UTF8.GetBytes(line));
    }

    public string Hash() => Convert.ToHexStringLower(_hash.GetCurrentHash())[..16];

    public void Dispose() => _hash.Dispose();
}
