using Ebla.Primitives;

namespace Ebla.Keys;

// SIGNED BOX, version 1 (docs/format.md, section "Signed boxes"): a catalog box whose plaintext is
//   body | member 16 | Ed25519 signature 64 over (object header | body)

/// <summary>The form of everything in the catalog: encrypted with the catalog key, signed by the member who wrote it.</summary>
internal static class SignedBox
{
    private const int SignatureSizeInBytes = 64;
    private const int SuffixSizeInBytes = MemberId.SizeInBytes + SignatureSizeInBytes;

    /// <summary>Signs with the unlocked member's key and encrypts.</summary>
    public static byte[] Seal(
        UnlockedKeys keys, ObjectKind kind, string signatureKind, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. header, .. body];
        byte[] plaintext = [.. body, .. keys.Member.Id.ToArray(), .. keys.Member.Sign(signatureKind, signed)];
        return keys.Ring.SealBox(kind, header, plaintext);
    }

    /// <summary>Decrypts, checks the signature against the members that the root key vouches for, and returns the body.</summary>
    /// <exception cref="CorruptDataException">Anything is wrong.</exception>
    public static byte[] Open(
        UnlockedKeys keys, ObjectKind kind, string signatureKind, ReadOnlySpan<byte> header, ReadOnlySpan<byte> box,
        int bodySizeInBytesMax)
        => Open(keys, kind, signatureKind, header, box, bodySizeInBytesMax, out _);

    /// <summary>As the other; also tells who signed.</summary>
    public static byte[] Open(
        UnlockedKeys keys, ObjectKind kind, string signatureKind, ReadOnlySpan<byte> header, ReadOnlySpan<byte> box,
        int bodySizeInBytesMax, out MemberId signer)
    {
        byte[] plaintext = keys.Ring.OpenBox(kind, header, box, bodySizeInBytesMax + SuffixSizeInBytes);
        if (plaintext.Length < SuffixSizeInBytes)
        {
            throw new CorruptDataException($"The {signatureKind} record is cut short.");
        }
        int bodySize = plaintext.Length - SuffixSizeInBytes;
        signer = MemberId.Read(plaintext.AsSpan(bodySize));
        byte[] signed = [.. header, .. plaintext.AsSpan(0, bodySize)];
        return keys.Verify(signer, signatureKind, signed, plaintext.AsSpan(bodySize + MemberId.SizeInBytes))
            ? plaintext[..bodySize]
            : throw new CorruptDataException($"The {signatureKind} record is not signed by a member of this repository.");
    }
}
