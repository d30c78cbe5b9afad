using System.Security.Cryptography;
using Ebla.Encryption;
using Ebla.Primitives;

namespace Ebla.Keys;

// CATALOG BOX (docs/format.md, "Catalog box")
//   0 salt 32 | 32 commitment 32 | 64 ciphertext of the padded plaintext (4096 bytes or more) | tag 16

/// <summary>Seals under the catalog key: for everyone who may know the structure, not the contents.</summary>
internal static class CatalogBox
{
    public const int PlaintextSizeInBytesMax = 1 << 30;

    private const int SaltSizeInBytes = 32;

    private const int CiphertextStart = SaltSizeInBytes + Hkdf.KeySizeInBytes;

    private const int PaddedSizeInBytesMin = 4096;

    /// <summary>Size of the box of a plaintext of this length.</summary>
    public static int SizeOf(int plaintextSize)
        => CiphertextStart + Padding.PaddedSize(plaintextSize, PaddedSizeInBytesMin) + Aead.TagSizeInBytes;

    public static byte[] Seal(
        ReadOnlySpan<byte> catalogKey, BoxContext context, IEntropy entropy,
        ReadOnlySpan<byte> header, ReadOnlySpan<byte> plaintext)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintext.Length, PlaintextSizeInBytesMax);
        byte[] box = GC.AllocateUninitializedArray<byte>(SizeOf(plaintext.Length));
        Span<byte> salt = box.AsSpan(0, SaltSizeInBytes);
        entropy.Fill(salt);
        byte[] padded = GC.AllocateUninitializedArray<byte>(box.Length - CiphertextStart - Aead.TagSizeInBytes);
        Padding.Write(plaintext, padded);
        Span<byte> key = stackalloc byte[Hkdf.KeySizeInBytes];
        Derive(catalogKey, context, salt, key, box.AsSpan(SaltSizeInBytes, Hkdf.KeySizeInBytes));
        Aead.Encrypt(context.Suite, key, header, padded, box.AsSpan(CiphertextStart));
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(padded);
        return box;
    }

    public static byte[] Open(
        ReadOnlySpan<byte> catalogKey, BoxContext context,
        ReadOnlySpan<byte> header, ReadOnlySpan<byte> box, int plaintextSizeMax)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintextSizeMax, PlaintextSizeInBytesMax);
        if (box.Length < SizeOf(0) || box.Length > SizeOf(plaintextSizeMax))
        {
            throw new CorruptDataException($"A catalog box has an impossible size: {box.Length} bytes.");
        }
        Span<byte> key = stackalloc byte[Hkdf.KeySizeInBytes];
        Span<byte> commitment = stackalloc byte[Hkdf.KeySizeInBytes];
        Derive(catalogKey, context, box[..SaltSizeInBytes], key, commitment);
        byte[] padded = GC.AllocateUninitializedArray<byte>(box.Length - CiphertextStart - Aead.TagSizeInBytes);
        bool isGood =
            CryptographicOperations.FixedTimeEquals(commitment, box.Slice(SaltSizeInBytes, Hkdf.KeySizeInBytes))
            && Aead.TryDecrypt(context.Suite, key, header, box[CiphertextStart..], padded);
        CryptographicOperations.ZeroMemory(key);
        if (!isGood)
        {
            throw new CorruptDataException("A catalog box does not open: it, its header or its place is wrong.");
        }
        byte[] plaintext = Padding.Read(padded, PaddedSizeInBytesMin).ToArray();
        CryptographicOperations.ZeroMemory(padded);
        return plaintext.Length <= plaintextSizeMax
            ? plaintext
            : throw new CorruptDataException($"A catalog box holds {plaintext.Length} bytes, more than is allowed.");
    }

    private static void Derive(
        ReadOnlySpan<byte> catalogKey, BoxContext context,
        ReadOnlySpan<byte> salt, Span<byte> key, Span<byte> commitment)
    {
        Span<byte> pseudoRandomKey = stackalloc byte[Hkdf.KeySizeInBytes];
        Hkdf.Extract(catalogKey, salt, pseudoRandomKey);
        InfoWriter info = new(stackalloc byte[InfoWriter.SizeInBytesMax]);
        context.AddTo(ref info, "ebla/1 box");
        Hkdf.Expand(pseudoRandomKey, info.Written, key);
        InfoWriter commitmentInfo = new(stackalloc byte[InfoWriter.SizeInBytesMax]);
        context.AddTo(ref commitmentInfo, "ebla/1 commit box");
        Hkdf.Expand(pseudoRandomKey, commitmentInfo.Written, commitment);
        CryptographicOperations.ZeroMemory(pseudoRandomKey);
    }

    /// <summary>What a box is bound to besides its header.</summary>
    public readonly record struct BoxContext(RepositoryId Repository, RingId Ring, CipherSuite Suite, ObjectKind Kind)
    {
        public void AddTo(ref InfoWriter info, string label)
        {
            info.Add(label);
            info.Add(Repository);
            info.Add(Ring);
            info.Add((byte)Suite);
            info.Add((byte)Kind);
        }
    }
}
