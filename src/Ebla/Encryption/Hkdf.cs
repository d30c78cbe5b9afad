using System.Security.Cryptography;
using Ebla.Primitives;

namespace Ebla.Encryption;

/// <summary>HKDF with SHA-256 (RFC 5869), always to 32 bytes.</summary>
internal static class Hkdf
{
    public const int KeySizeInBytes = 32;

    private const int InfoSizeInBytesMax = 256;

    /// <summary>Extract and expand.</summary>
    public static void Derive(
        ReadOnlySpan<byte> inputKey, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> info, Span<byte> key)
    {
        Span<byte> pseudoRandomKey = stackalloc byte[KeySizeInBytes];
        Extract(inputKey, salt, pseudoRandomKey);
        Expand(pseudoRandomKey, info, key);
        CryptographicOperations.ZeroMemory(pseudoRandomKey);
    }

    /// <summary>The first half, for callers that expand often.</summary>
    public static void Extract(ReadOnlySpan<byte> inputKey, ReadOnlySpan<byte> salt, Span<byte> pseudoRandomKey)
        => _ = HMACSHA256.HashData(salt, inputKey, pseudoRandomKey);

    /// <summary>
    /// The second half. For 32 bytes it is one HMAC, which is faster so than through the class of the BCL.
    /// </summary>
    public static void Expand(ReadOnlySpan<byte> pseudoRandomKey, ReadOnlySpan<byte> info, Span<byte> key)
    {
        Invariant.Check(key.Length == KeySizeInBytes && info.Length <= InfoSizeInBytesMax);
        Span<byte> block = stackalloc byte[InfoSizeInBytesMax + 1];
        info.CopyTo(block);
        block[info.Length] = 1;
        _ = HMACSHA256.HashData(pseudoRandomKey, block[..(info.Length + 1)], key);
    }
}
