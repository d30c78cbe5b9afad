using System.Buffers.Binary;
using System.Formats.Cbor;
using System.Security.Cryptography;
using Ebla.Encryption;
using Ebla.Primitives;

namespace Ebla.Keys;

// RING GRANT (docs/format.md, "Key objects")
//   body: 1 member id 16 | 2 ring id 16 | 3 number u32 >= 1, the highest counts | 4 suite u8 | 5 KEM u8 = 1 | 6 epk 32
//   sealed: ciphertext of the padded payload (1024 bytes or more) | tag 16
//   payload: 1 id key 32 (not for maintainers) | 2 catalog key 32 | 5 chunker | 6 min | 7 average | 8 max | 9 created
//            3 content public keys: 1 to 16 of (number u32, P 32)
//            4 content private keys: as many of 32 (owner and readers)
//            10 of a ring made like another: id key 32, repository id 16, ring id 16 that names and cuts come from (not for maintainers)

/// <summary>The keys of a ring, sealed to a member and signed by the root key.</summary>
internal sealed record GrantObject(
    ObjectId ObjectId, KeyObject Source, MemberId Member, RingId Ring,
    uint Number, CipherSuite Suite, byte[] EphemeralPublicKey)
{
    public const int ContentKeyCountMax = 16;

    private const byte X25519Kem = 1;

    private const int PayloadSizeInBytesMin = 1024;

    private const int SealedSizeInBytesMin = PayloadSizeInBytesMin + Aead.TagSizeInBytes;

    private const int PublicEntrySizeInBytes = sizeof(uint) + X25519.KeySizeInBytes;

    public static GrantObject Read(ObjectId id, KeyObject source)
    {
        FieldMap body = FieldMap.Decode(source.Body, "A grant");
        MemberId member = MemberId.Read(body.Bytes(1, MemberId.SizeInBytes, MemberId.SizeInBytes));
        RingId ring = RingId.Read(body.Bytes(2, RingId.SizeInBytes, RingId.SizeInBytes));
        uint number = (uint)body.Unsigned(3, 1, uint.MaxValue);
        CipherSuite suite = CipherSuites.FromNumber(body.Unsigned(4, 0, byte.MaxValue));
        ulong kem = body.Unsigned(5, 1, byte.MaxValue);
        if (kem != X25519Kem)
        {
            throw new UnsupportedFormatException($"KEM {kem} is not known to this version of Ebla.");
        }
        byte[] ephemeralPublicKey = body.Bytes(6, X25519.KeySizeInBytes, X25519.KeySizeInBytes);
        body.End();
        if (source.Sealed.Length < SealedSizeInBytesMin || !source.Box.IsEmpty)
        {
            throw new CorruptDataException("A grant is not valid: a part is missing or too many.");
        }
        return new GrantObject(id, source, member, ring, number, suite, ephemeralPublicKey);
    }

    /// <summary>Grants all that <paramref name="ring"/> holds.</summary>
    public static StoredKey Create(MemberKeys member, uint number, RingKeys ring, RootKey root, IEntropy entropy)
    {
        using SecretBytes ephemeral = SecretBytes.Random(entropy, X25519.KeySizeInBytes);
        byte[] ephemeralPublicKey = X25519.PublicKeyOf(ephemeral.Span);
        byte[] body = FieldMap.Encode(
            (1, writer => writer.WriteByteString(member.Id.ToArray())),
            (2, writer => writer.WriteByteString(ring.Id.ToArray())),
            (3, writer => writer.WriteUInt32(number)),
            (4, writer => writer.WriteUInt32((uint)ring.Suite)),
            (5, writer => writer.WriteUInt32(X25519Kem)),
            (6, writer => writer.WriteByteString(ephemeralPublicKey)));
        byte[] payload = EncodePayload(ring);
        byte[] padded = new byte[Padding.PaddedSize(payload.Length, PayloadSizeInBytesMin)];
        Padding.Write(payload, padded);
        byte[] sealedPart = new byte[padded.Length + Aead.TagSizeInBytes];
        byte[] open = KeyObject.ComposeOpen(KeyObjectKind.Grant, ring.Repository, body, sealedPart.Length, 0);
        using SecretBytes key = new(Hkdf.KeySizeInBytes);
        Invariant.Check(TryDeriveKey(
            ring.Repository, ring.Id, ring.Suite, member, ephemeral.Span,
            member.BoxPublicKey, ephemeralPublicKey, key.Span));
        Aead.Encrypt(ring.Suite, key.Span, open, padded, sealedPart);
        CryptographicOperations.ZeroMemory(payload);
        CryptographicOperations.ZeroMemory(padded);
        return KeyObject.Compose(open, sealedPart, [], root);
    }

    /// <summary>The ring. The caller disposes.</summary>
    /// <exception cref="CorruptDataException">It does not open with the member's keys, or holds no ring.</exception>
    /// <exception cref="UnsupportedFormatException">The ring has unknown parts.</exception>
    public RingKeys Open(RepositoryId repository, MemberKeys member, IEntropy entropy)
    {
        using SecretBytes key = new(Hkdf.KeySizeInBytes);
        using SecretBytes padded = new(Source.Sealed.Length - Aead.TagSizeInBytes);
        if (!TryDeriveKey(
                repository, Ring, Suite, member, member.BoxPrivateKey, EphemeralPublicKey, EphemeralPublicKey, key.Span)
            || !Aead.TryDecrypt(Suite, key.Span, Source.Open.Span, Source.Sealed.Span, padded.Span))
        {
            throw new CorruptDataException(
                $"Grant {ObjectId.ToShortString()} does not open with the keys of its member.");
        }
        return DecodePayload(repository, Padding.Read(padded.Memory, PayloadSizeInBytesMin), entropy);
    }

    private static byte[] EncodePayload(RingKeys ring)
    {
        using SecretBytes privateKeys = new(ring.ContentKeys.Count * X25519.KeySizeInBytes);
        byte[] publicKeys = new byte[ring.ContentKeys.Count * PublicEntrySizeInBytes];
        for (int i = 0; i < ring.ContentKeys.Count; i++)
        {
            ContentKey contentKey = ring.ContentKeys[i];
            Span<byte> entry = publicKeys.AsSpan(i * PublicEntrySizeInBytes, PublicEntrySizeInBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(entry, contentKey.Number);
            contentKey.PublicKey.CopyTo(entry[sizeof(uint)..]);
            contentKey.PrivateKey?.Span.CopyTo(privateKeys.Span[(i * X25519.KeySizeInBytes)..]);
        }
        List<(uint, Action<CborWriter>)> fields = [];
        if (ring.CanSeal)
        {
            fields.Add((1, writer => writer.WriteByteString(ring.IdKey)));
        }
        fields.Add((2, writer => writer.WriteByteString(ring.CatalogKey)));
        fields.Add((3, writer => writer.WriteByteString(publicKeys)));
        if (ring.CanOpenSealings)
        {
            fields.Add((4, writer => writer.WriteByteString(privateKeys.Span)));
        }
        fields.Add((5, writer => writer.WriteUInt32((uint)ring.Chunker.Number)));
        fields.Add((6, writer => writer.WriteUInt32((uint)ring.Chunker.MinSizeInBytes)));
        fields.Add((7, writer => writer.WriteUInt32((uint)ring.Chunker.AverageSizeInBytes)));
        fields.Add((8, writer => writer.WriteUInt32((uint)ring.Chunker.MaxSizeInBytes)));
        fields.Add((9, writer => writer.WriteUInt64((ulong)ring.Created.ToUnixTimeSeconds())));
        using SecretBytes? naming = ring.Naming is null ? null : new SecretBytes(NamingKey.SizeInBytes);
        if (naming is not null)
        {
            ring.Naming!.Write(naming.Span);
            fields.Add((10, writer => writer.WriteByteString(naming.Span)));
        }
        return FieldMap.Encode(fields.ToArray());
    }

    private RingKeys DecodePayload(RepositoryId repository, ReadOnlyMemory<byte> encoded, IEntropy entropy)
    {
        FieldMap payload = FieldMap.Decode(encoded, "The payload of a grant");
        byte[] publicKeys = payload.Bytes(3, PublicEntrySizeInBytes, ContentKeyCountMax * PublicEntrySizeInBytes);
        int count = publicKeys.Length / PublicEntrySizeInBytes;
        if (publicKeys.Length % PublicEntrySizeInBytes != 0)
        {
            throw new CorruptDataException("The content keys of a ring are not valid.");
        }
        using SecretBytes? privateKeys = payload.Has(4) ? new SecretBytes(count * X25519.KeySizeInBytes) : null;
        if (privateKeys is not null)
        {
            payload.Bytes(4, privateKeys.Span);
        }
        ChunkerSettings chunker = ChunkerSettings.FromStored(
            payload.Unsigned(5, 1, ulong.MaxValue),
            payload.Unsigned(6, 0, ulong.MaxValue),
            payload.Unsigned(7, 0, ulong.MaxValue),
            payload.Unsigned(8, 0, ulong.MaxValue));
        DateTimeOffset created = payload.Time(9);
        SecretBytes? idKey = payload.Has(1) ? new SecretBytes(RingKeys.KeySizeInBytes) : null;
        if (idKey is not null)
        {
            payload.Bytes(1, idKey.Span);
        }
        SecretBytes catalogKey = new(RingKeys.KeySizeInBytes);
        payload.Bytes(2, catalogKey.Span);
        NamingKey? naming = ReadNaming(payload);
        payload.End();
        if (naming is not null && idKey is null)
        {
            throw new CorruptDataException("The grant of a ring has what names come from, and no id key.");
        }
        List<ContentKey> contentKeys = [];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = publicKeys.AsSpan(i * PublicEntrySizeInBytes, PublicEntrySizeInBytes);
            ContentKey contentKey = new(
                BinaryPrimitives.ReadUInt32LittleEndian(entry),
                entry[sizeof(uint)..].ToArray(),
                privateKeys is null
                    ? null
                    : SecretBytes.CopyOf(privateKeys.Span.Slice(i * X25519.KeySizeInBytes, X25519.KeySizeInBytes)));
            CheckContentKey(contentKey, contentKeys);
            contentKeys.Add(contentKey);
        }
        return new RingKeys(repository, Ring, Suite, chunker, created, idKey, catalogKey, contentKeys, entropy, naming);
    }

    private static NamingKey? ReadNaming(FieldMap payload)
    {
        if (!payload.Has(10))
        {
            return null;
        }
        using SecretBytes stored = new(NamingKey.SizeInBytes);
        payload.Bytes(10, stored.Span);
        return NamingKey.Read(stored.Span);
    }

    private static void CheckContentKey(ContentKey key, List<ContentKey> before)
    {
        Span<byte> ignored = stackalloc byte[X25519.KeySizeInBytes];
        Span<byte> anyPrivateKey = stackalloc byte[X25519.KeySizeInBytes];
        anyPrivateKey.Fill(1);
        if (key.Number <= (before.Count == 0 ? 0 : before[^1].Number)
            || !X25519.TryAgree(anyPrivateKey, key.PublicKey, ignored)
            || (key.PrivateKey is not null
                && !CryptographicOperations.FixedTimeEquals(X25519.PublicKeyOf(key.PrivateKey.Span), key.PublicKey)))
        {
            throw new CorruptDataException("A content key of a ring is not valid.");
        }
    }

    private static bool TryDeriveKey(
        RepositoryId repository,
        RingId ring,
        CipherSuite suite,
        MemberKeys member,
        ReadOnlySpan<byte> privateKey,
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> ephemeralPublicKey,
        Span<byte> key)
    {
        using SecretBytes sharedSecret = new(X25519.KeySizeInBytes);
        if (!X25519.TryAgree(privateKey, publicKey, sharedSecret.Span))
        {
            return false;
        }
        InfoWriter info = new(stackalloc byte[InfoWriter.SizeInBytesMax]);
        info.Add("ebla/1 grant");
        info.Add(repository);
        info.Add(ring);
        info.Add(member.Id);
        info.Add((byte)suite);
        info.Add(X25519Kem);
        info.Add(ephemeralPublicKey);
        info.Add(member.BoxPublicKey);
        Hkdf.Derive(sharedSecret.Span, member.EnrolmentKey, info.Written, key);
        return true;
    }
}
