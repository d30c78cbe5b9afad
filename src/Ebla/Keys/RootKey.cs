using Ebla.Encryption;
using Ebla.Hashing;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>The owner's key, which signs everything that grants power.</summary>
internal sealed class RootKey : IDisposable
{
    private readonly SecretBytes _seed;
    private readonly Ed25519Key _key;
    private readonly RepositoryId _repository;

    /// <summary>Takes ownership of the seed.</summary>
    public RootKey(RepositoryId repository, SecretBytes seed)
    {
        _repository = repository;
        _seed = seed;
        _key = new Ed25519Key(seed.Span);
    }

    public ReadOnlySpan<byte> Seed => _seed.Span;

    public ReadOnlySpan<byte> PublicKey => _key.PublicKey;

    public Hash256 PublicKeyHash => Blake3.Hash(PublicKey);

    public byte[] Sign(string kind, ReadOnlySpan<byte> body) => Signatures.Sign(_key, _repository, kind, body);

    public void Dispose()
    {
        _key.Dispose();
        _seed.Dispose();
    }
}
