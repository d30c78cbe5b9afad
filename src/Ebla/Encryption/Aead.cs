using System.Diagnostics;
using System.Security.Cryptography;
using Ebla.Primitives;

namespace Ebla.Encryption;

/// <summary>Authenticated encryption with the all-zero nonce: every key encrypts one message and no other.</summary>
/// <remarks>Every caller derives a key for the one message. A sealed message is the ciphertext, then the tag.</remarks>
internal static class Aead
{
    public const int KeySizeInBytes = 32;

    public const int TagSizeInBytes = 16;

    // RFC 5116: both ciphers take 96 bits.
    private const int NonceSizeInBytes = 12;

    /// <summary>Fills <paramref name="destination"/>, which is as long as the plaintext and the tag.</summary>
    public static void Encrypt(
        CipherSuite suite,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> plaintext,
        Span<byte> destination)
    {
        Invariant.Check(destination.Length == plaintext.Length + TagSizeInBytes);
        Span<byte> nonce = stackalloc byte[NonceSizeInBytes];
        nonce.Clear();
        Span<byte> ciphertext = destination[..plaintext.Length];
        Span<byte> tag = destination[plaintext.Length..];
        switch (suite)
        {
            case CipherSuite.AesGcm:
                using (AesGcm cipher = new(key, TagSizeInBytes))
                {
                    cipher.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);
                }
                break;
            case CipherSuite.ChaCha20Poly1305:
                using (ChaCha20Poly1305 cipher = new(key))
                {
                    cipher.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);
                }
                break;
            default:
                throw new UnreachableException($"Cipher suite {suite}.");
        }
    }

    /// <summary>
    /// False if the message is not what was encrypted with this key; <paramref name="plaintext"/> is zero then.
    /// </summary>
    public static bool TryDecrypt(
        CipherSuite suite,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> source,
        Span<byte> plaintext)
    {
        Invariant.Check(source.Length == plaintext.Length + TagSizeInBytes);
        Span<byte> nonce = stackalloc byte[NonceSizeInBytes];
        nonce.Clear();
        ReadOnlySpan<byte> ciphertext = source[..plaintext.Length];
        ReadOnlySpan<byte> tag = source[plaintext.Length..];
        try
        {
            switch (suite)
            {
                case CipherSuite.AesGcm:
                    using (AesGcm cipher = new(key, TagSizeInBytes))
                    {
                        cipher.Decrypt(nonce, ciphertext, tag, plaintext, associatedData);
                    }
                    return true;
                case CipherSuite.ChaCha20Poly1305:
                    using (ChaCha20Poly1305 cipher = new(key))
                    {
                        cipher.Decrypt(nonce, ciphertext, tag, plaintext, associatedData);
                    }
                    return true;
                default:
                    throw new UnreachableException($"Cipher suite {suite}.");
            }
        }
        catch (AuthenticationTagMismatchException)
        {
            plaintext.Clear();
            return false;
        }
    }
}
