using System.Buffers.Binary;
using System.Security.Cryptography;
using Ebla.Encryption;
using Ebla.Hashing;
using Ebla.Primitives;

namespace Ebla.Keys;

// KEY OBJECT, version 1 (docs/format.md, "Key objects"). All integers little-endian.
//   0 prologue 24 | 24 sub-kind u8 | 25 reserved 3 = 0 | 28 body size u32 | 32 sealed size u32 | 36 box size u32
//   40 body (CBOR) | sealed part | catalog box | member and grant: root public key 32 | root signature 64

/// <summary>A key object taken apart, without its parts being understood.</summary>
internal sealed record KeyObject(
    KeyObjectKind Kind,
    ReadOnlyMemory<byte> Open,
    ReadOnlyMemory<byte> Sealed,
    ReadOnlyMemory<byte> Box,
    ReadOnlyMemory<byte> RootPublicKey)
{
    public const int SizeInBytesMax = 128 * 1024;

    public const int BodySizeInBytesMax = 16 * 1024;

    public const int SealedSizeInBytesMax = 32 * 1024;

    public const int BoxSizeInBytesMax = 64 * 1024;

    private const int FixedSizeInBytes = 40;

    private const int SignaturePartSizeInBytes = Ed25519Key.PublicKeySizeInBytes + Ed25519Key.SignatureSizeInBytes;

    /// <summary>The CBOR map that anyone can read.</summary>
    public ReadOnlyMemory<byte> Body => Open[FixedSizeInBytes..];

    private static bool IsSigned(KeyObjectKind kind) => kind is KeyObjectKind.Member or KeyObjectKind.Grant;

    private static string SignatureKindOf(KeyObjectKind kind) => kind switch
    {
        KeyObjectKind.Member => "member",
        KeyObjectKind.Grant => "grant",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not signed."),
    };

    /// <summary>The open part, which is the AAD of the sealed part and of the box; their sizes stand in it.</summary>
    public static byte[] ComposeOpen(
        KeyObjectKind kind, RepositoryId repository, ReadOnlySpan<byte> body, int sealedSize, int boxSize)
    {
        Invariant.Check(body.Length is > 0 and <= BodySizeInBytesMax);
        Invariant.Check(sealedSize <= SealedSizeInBytesMax && boxSize <= BoxSizeInBytesMax);
        byte[] open = new byte[FixedSizeInBytes + body.Length];
        new ObjectPrologue(ObjectKind.Key, repository).Write(open);
        open[24] = (byte)kind;
        BinaryPrimitives.WriteUInt32LittleEndian(open.AsSpan(28), (uint)body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(open.AsSpan(32), (uint)sealedSize);
        BinaryPrimitives.WriteUInt32LittleEndian(open.AsSpan(36), (uint)boxSize);
        body.CopyTo(open.AsSpan(FixedSizeInBytes));
        return open;
    }

    /// <summary>The whole object, signed by the root key if its kind is.</summary>
    public static StoredKey Compose(
        ReadOnlySpan<byte> open, ReadOnlySpan<byte> sealedPart, ReadOnlySpan<byte> box, RootKey? root)
    {
        KeyObjectKind kind = (KeyObjectKind)open[24];
        Invariant.Check(IsSigned(kind) == root is not null);
        if (root is null)
        {
            return StoredKey.Named([.. open, .. sealedPart, .. box]);
        }
        byte[] signed = [.. open, .. sealedPart, .. box, .. root.PublicKey];
        return StoredKey.Named([.. signed, .. root.Sign(SignatureKindOf(kind), signed)]);
    }

    /// <summary>
    /// Takes an object apart and checks its name, its frame and, where it has one, the root's signature.
    /// </summary>
    /// <exception cref="CorruptDataException">It is damaged, forged, or of another repository.</exception>
    /// <exception cref="UnsupportedFormatException">Its version or sub-kind is not known.</exception>
    public static KeyObject Read(StoredKey stored, RepositoryHeader header)
    {
        ReadOnlyMemory<byte> bytes = stored.Bytes;
        ReadOnlySpan<byte> span = bytes.Span;
        if (span.Length is < FixedSizeInBytes or > SizeInBytesMax)
        {
            throw new CorruptDataException(
                $"Key object {stored.Id.ToShortString()} has an impossible size: {span.Length}.");
        }
        if (Blake3.Hash(span) != stored.Id.Value)
        {
            throw new CorruptDataException(
                $"Key object {stored.Id.ToShortString()} is damaged: its hash is not its name.");
        }
        new ObjectPrologue(ObjectKind.Key, header.Repository).Check(span);
        KeyObjectKind kind = (KeyObjectKind)span[24];
        if (kind is not (KeyObjectKind.Slot or KeyObjectKind.Member or KeyObjectKind.Grant))
        {
            throw span[24] == 0
                ? new CorruptDataException("A key object has sub-kind 0.")
                : new UnsupportedFormatException(
                    $"Key objects of sub-kind {span[24]} are not known to this version of Ebla.");
        }
        uint bodySize = BinaryPrimitives.ReadUInt32LittleEndian(span[28..]);
        uint sealedSize = BinaryPrimitives.ReadUInt32LittleEndian(span[32..]);
        uint boxSize = BinaryPrimitives.ReadUInt32LittleEndian(span[36..]);
        long size = (long)FixedSizeInBytes + bodySize + sealedSize + boxSize
            + (IsSigned(kind) ? SignaturePartSizeInBytes : 0);
        if (span[25] != 0 || span[26] != 0 || span[27] != 0
            || bodySize is 0 or > BodySizeInBytesMax
            || sealedSize > SealedSizeInBytesMax
            || boxSize > BoxSizeInBytesMax
            || size != span.Length)
        {
            throw new CorruptDataException(
                $"Key object {stored.Id.ToShortString()} is not valid: its sizes do not add up.");
        }
        int sealedStart = FixedSizeInBytes + (int)bodySize;
        int boxStart = sealedStart + (int)sealedSize;
        int boxEnd = boxStart + (int)boxSize;
        ReadOnlyMemory<byte> rootPublicKey = IsSigned(kind)
            ? bytes.Slice(boxEnd, Ed25519Key.PublicKeySizeInBytes)
            : ReadOnlyMemory<byte>.Empty;
        if (IsSigned(kind))
        {
            CheckSignature(stored.Id, kind, header, span, rootPublicKey.Span);
        }
        return new KeyObject(
            kind, bytes[..sealedStart], bytes[sealedStart..boxStart], bytes[boxStart..boxEnd], rootPublicKey);
    }

    private static void CheckSignature(
        ObjectId id, KeyObjectKind kind, RepositoryHeader header,
        ReadOnlySpan<byte> span, ReadOnlySpan<byte> rootPublicKey)
    {
        if (!CryptographicOperations.FixedTimeEquals(
            Blake3.Hash(rootPublicKey).ToArray(), header.RootKeyHash.ToArray()))
        {
            throw new CorruptDataException(
                $"Key object {id.ToShortString()} is not by the root key that the header names.");
        }
        if (!Signatures.Verify(
            header.Repository,
            rootPublicKey,
            SignatureKindOf(kind),
            span[..^Ed25519Key.SignatureSizeInBytes],
            span[^Ed25519Key.SignatureSizeInBytes..]))
        {
            throw new CorruptDataException($"The root signature of key object {id.ToShortString()} is wrong.");
        }
    }
}
