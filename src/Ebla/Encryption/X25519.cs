using Ebla.Primitives;
using NSec.Cryptography;

namespace Ebla.Encryption;

/// <summary>Key agreement (RFC 7748, by libsodium).</summary>
internal static class X25519
{
    public const int KeySizeInBytes = 32;

    /// <summary>The public key of a private one.</summary>
    public static byte[] PublicKeyOf(ReadOnlySpan<byte> privateKey)
    {
        using Key key = Key.Import(KeyAgreementAlgorithm.X25519, privateKey, KeyBlobFormat.RawPrivateKey);
        return key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
    }

    /// <summary>False if the shared secret is zero, which a public key of small order forces.</summary>
    public static bool TryAgree(
        ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey, Span<byte> sharedSecret)
    {
        Invariant.Check(sharedSecret.Length == KeySizeInBytes);
        using Key key = Key.Import(KeyAgreementAlgorithm.X25519, privateKey, KeyBlobFormat.RawPrivateKey);
        if (!PublicKey.TryImport(
            KeyAgreementAlgorithm.X25519, publicKey, KeyBlobFormat.RawPublicKey, out PublicKey? other)
            || other is null)
        {
            return false;
        }
        SharedSecretCreationParameters exportable = new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };
        using SharedSecret? secret = KeyAgreementAlgorithm.X25519.Agree(key, other, exportable);
        return secret is not null
            && secret.TryExport(SharedSecretBlobFormat.RawSharedSecret, sharedSecret, out int size)
            && size == KeySizeInBytes;
    }
}
