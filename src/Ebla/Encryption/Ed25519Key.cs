using Ebla.Primitives;
using NSec.Cryptography;

namespace Ebla.Encryption;

/// <summary>An Ed25519 key pair (RFC 8032, by libsodium). Safe for concurrent calls.</summary>
internal sealed class Ed25519Key : IDisposable
{
    public const int SeedSizeInBytes = 32;

    public const int PublicKeySizeInBytes = 32;

    public const int SignatureSizeInBytes = 64;

    private readonly Key _key;
    private readonly byte[] _publicKey;

    public Ed25519Key(ReadOnlySpan<byte> seed)
    {
        _key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        _publicKey = _key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
    }

    public ReadOnlySpan<byte> PublicKey => _publicKey;

    public byte[] Sign(ReadOnlySpan<byte> message) => SignatureAlgorithm.Ed25519.Sign(_key, message);

    /// <summary>Whether the signature is good. One of another length is not.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Invariant.Check(publicKey.Length == PublicKeySizeInBytes);
        return signature.Length == SignatureSizeInBytes
            && NSec.Cryptography.PublicKey.TryImport(
                SignatureAlgorithm.Ed25519, publicKey, KeyBlobFormat.RawPublicKey, out PublicKey? key)
            && key is not null
            && SignatureAlgorithm.Ed25519.Verify(key, message, signature);
    }

    public void Dispose() => _key.Dispose();
}
