using System.Formats.Cbor;
using System.Security.Cryptography;
using Ebla.Encryption;
using Ebla.Primitives;

namespace Ebla.Keys;

// SLOT (docs/format.md, "Key objects")
//   body: 1 type u8 | 2 suite u8 | 3 salt 16 | 4 KDF u8 = 1 | 5 memory in KiB | 6 passes | 7 ring of the box
//         (4 to 6: password types only)
//   sealed: commitment 32 | ciphertext of the padded payload (256 bytes or more) | tag 16
//   payload: 1 member id 16 | 2 member seed 32 | 3 root public key 32 | 4 root seed 32 (owner only)
//   box: 1 label | 2 created, seconds since 1970 | 3 member id 16

/// <summary>A slot: the seeds of a member under a password or a key file.</summary>
internal sealed class SlotObject
{
    public const int LabelSizeInBytesMax = 256;

    public const int BoxPlaintextSizeInBytesMax = 4092;

    private const int SaltSizeInBytes = Argon2id.SaltSizeInBytes;

    private const byte Argon2idNumber = 1;

    private const int PayloadSizeInBytesMin = 256;

    private const int SealedSizeInBytesMin = Hkdf.KeySizeInBytes + PayloadSizeInBytesMin + Aead.TagSizeInBytes;

    private readonly RepositoryId _repository;
    private readonly KeyObject _object;
    private readonly byte[] _salt;

    private SlotObject(
        ObjectId id,
        RepositoryId repository,
        KeyObject source,
        CredentialKinds type,
        CipherSuite suite,
        byte[] salt,
        KdfParameters? kdf,
        RingId ring)
    {
        Id = id;
        _repository = repository;
        _object = source;
        Type = type;
        Suite = suite;
        _salt = salt;
        Kdf = kdf;
        Ring = ring;
    }

    public ObjectId Id { get; }

    public CredentialKinds Type { get; }

    public CipherSuite Suite { get; }

    /// <summary>Null where no password is needed.</summary>
    public KdfParameters? Kdf { get; }

    /// <summary>The ring whose catalog key opens the box.</summary>
    public RingId Ring { get; }

    public static SlotObject Read(ObjectId id, RepositoryId repository, KeyObject source)
    {
        FieldMap body = FieldMap.Decode(source.Body, "A key slot");
        ulong typeNumber = body.Unsigned(1, 1, byte.MaxValue);
        if (typeNumber > (ulong)(CredentialKinds.Password | CredentialKinds.KeyFile))
        {
            throw new UnsupportedFormatException(
                $"Key slots of type {typeNumber} are not known to this version of Ebla.");
        }
        CredentialKinds type = (CredentialKinds)typeNumber;
        CipherSuite suite = CipherSuites.FromNumber(body.Unsigned(2, 0, byte.MaxValue));
        byte[] salt = body.Bytes(3, SaltSizeInBytes, SaltSizeInBytes);
        KdfParameters? kdf = null;
        if (type.HasFlag(CredentialKinds.Password))
        {
            ulong kdfNumber = body.Unsigned(4, 1, byte.MaxValue);
            if (kdfNumber != Argon2idNumber)
            {
                throw new UnsupportedFormatException(
                    $"Key derivation {kdfNumber} is not known to this version of Ebla.");
            }
            kdf = KdfParameters.FromStored(body.Unsigned(5, 0, ulong.MaxValue), body.Unsigned(6, 0, ulong.MaxValue));
        }
        RingId ring = RingId.Read(body.Bytes(7, RingId.SizeInBytes, RingId.SizeInBytes));
        body.End();
        if (source.Sealed.Length < SealedSizeInBytesMin || source.Box.IsEmpty)
        {
            throw new CorruptDataException("A key slot is not valid: a part is missing.");
        }
        return new SlotObject(id, repository, source, type, suite, salt, kdf, ring);
    }

    /// <summary>Seals the seeds of a member. <paramref name="kdf"/> is not used where there is no password.</summary>
    public static StoredKey Create(
        Credential credential,
        KdfParameters? kdf,
        MemberKeys member,
        ReadOnlyMemory<byte> rootPublicKey,
        RootKey? root,
        RingKeys ring,
        string label,
        DateTimeOffset created,
        IEntropy entropy)
    {
        if (!FieldMap.IsPlainText(label, LabelSizeInBytesMax))
        {
            throw new ArgumentException(
                $"A label has at most {LabelSizeInBytesMax} bytes and no control characters.", nameof(label));
        }
        byte[] salt = new byte[SaltSizeInBytes];
        entropy.Fill(salt);
        CredentialKinds type = credential.Kinds;
        List<(uint, Action<CborWriter>)> fields =
        [
            (1, writer => writer.WriteUInt32((uint)type)),
            (2, writer => writer.WriteUInt32((uint)ring.Suite)),
            (3, writer => writer.WriteByteString(salt)),
        ];
        if (type.HasFlag(CredentialKinds.Password))
        {
            ArgumentNullException.ThrowIfNull(kdf);
            fields.Add((4, writer => writer.WriteUInt32(Argon2idNumber)));
            fields.Add((5, writer => writer.WriteUInt32((uint)kdf.MemoryInKibibytes)));
            fields.Add((6, writer => writer.WriteUInt32((uint)kdf.Passes)));
        }
        fields.Add((7, writer => writer.WriteByteString(ring.Id.ToArray())));
        byte[] body = FieldMap.Encode(fields.ToArray());
        byte[] payload = EncodePayload(member, rootPublicKey, root);
        byte[] padded = new byte[Padding.PaddedSize(payload.Length, PayloadSizeInBytesMin)];
        Padding.Write(payload, padded);
        byte[] boxPlaintext = FieldMap.Encode(
            (1, writer => writer.WriteTextString(label)),
            (2, writer => writer.WriteUInt64((ulong)created.ToUnixTimeSeconds())),
            (3, writer => writer.WriteByteString(member.Id.ToArray())));
        byte[] sealedPart = new byte[Hkdf.KeySizeInBytes + padded.Length + Aead.TagSizeInBytes];
        byte[] open = KeyObject.ComposeOpen(
            KeyObjectKind.Slot, ring.Repository, body, sealedPart.Length, RingKeys.BoxSizeOf(boxPlaintext.Length));
        using SecretBytes key = new(Hkdf.KeySizeInBytes);
        Span<byte> commitment = sealedPart.AsSpan(0, Hkdf.KeySizeInBytes);
        if (!TryDeriveKey(credential, type, ring.Suite, ring.Repository, salt, kdf, key.Span, commitment))
        {
            throw NotEnoughMemory(kdf);
        }
        Aead.Encrypt(ring.Suite, key.Span, open, padded, sealedPart.AsSpan(Hkdf.KeySizeInBytes));
        CryptographicOperations.ZeroMemory(payload);
        CryptographicOperations.ZeroMemory(padded);
        return KeyObject.Compose(open, sealedPart, ring.SealBox(ObjectKind.Key, open, boxPlaintext), null);
    }

    /// <summary>The seeds, or null if the credential is not the slot's.</summary>
    /// <exception cref="CorruptDataException">The credential is right, and the slot damaged.</exception>
    /// <exception cref="UnsupportedFormatException">The payload has unknown parts.</exception>
    /// <exception cref="WrongKeyException">There is not enough memory to try.</exception>
    public SlotPayload? TryOpen(Credential credential)
    {
        ReadOnlySpan<byte> sealedPart = _object.Sealed.Span;
        using SecretBytes key = new(Hkdf.KeySizeInBytes);
        Span<byte> commitment = stackalloc byte[Hkdf.KeySizeInBytes];
        if (!TryDeriveKey(credential, Type, Suite, _repository, _salt, Kdf, key.Span, commitment))
        {
            throw NotEnoughMemory(Kdf);
        }
        if (!CryptographicOperations.FixedTimeEquals(commitment, sealedPart[..Hkdf.KeySizeInBytes]))
        {
            return null;
        }
        ReadOnlySpan<byte> ciphertext = sealedPart[Hkdf.KeySizeInBytes..];
        using SecretBytes padded = new(ciphertext.Length - Aead.TagSizeInBytes);
        if (!Aead.TryDecrypt(Suite, key.Span, _object.Open.Span, ciphertext, padded.Span))
        {
            throw new CorruptDataException($"Key slot {Id.ToShortString()} is damaged: it does not decrypt.");
        }
        return DecodePayload(Padding.Read(padded.Memory, PayloadSizeInBytesMin));
    }

    /// <summary>Reads the label with the ring's catalog key.</summary>
    public SlotInfo ReadInfo(RingKeys ring, bool isOpened)
    {
        byte[] plaintext = ring.OpenBox(
            ObjectKind.Key, _object.Open.Span, _object.Box.Span, BoxPlaintextSizeInBytesMax);
        FieldMap box = FieldMap.Decode(plaintext, "The description of a key slot");
        SlotInfo info = Describe(isOpened) with
        {
            Label = box.Text(1, LabelSizeInBytesMax),
            Created = box.Time(2),
            Member = MemberId.Read(box.Bytes(3, MemberId.SizeInBytes, MemberId.SizeInBytes)),
        };
        box.End();
        return info;
    }

    /// <summary>What is known without the box.</summary>
    public SlotInfo Describe(bool isOpened) => new(Id, Type, Kdf, null, null, null, isOpened);

    private static byte[] EncodePayload(MemberKeys member, ReadOnlyMemory<byte> rootPublicKey, RootKey? root)
    {
        List<(uint, Action<CborWriter>)> fields =
        [
            (1, writer => writer.WriteByteString(member.Id.ToArray())),
            (2, writer => writer.WriteByteString(member.Seed)),
            (3, writer => writer.WriteByteString(rootPublicKey.Span)),
        ];
        if (root is not null)
        {
            fields.Add((4, writer => writer.WriteByteString(root.Seed)));
        }
        return FieldMap.Encode(fields.ToArray());
    }

    private static SlotPayload DecodePayload(ReadOnlyMemory<byte> encoded)
    {
        FieldMap payload = FieldMap.Decode(encoded, "The payload of a key slot");
        SlotPayload decoded = new()
        {
            Member = MemberId.Read(payload.Bytes(1, MemberId.SizeInBytes, MemberId.SizeInBytes)),
            RootPublicKey = payload.Bytes(3, Ed25519Key.PublicKeySizeInBytes, Ed25519Key.PublicKeySizeInBytes),
            MemberSeed = new SecretBytes(MemberKeys.SeedSizeInBytes),
            RootSeed = payload.Has(4) ? new SecretBytes(Ed25519Key.SeedSizeInBytes) : null,
        };
        payload.Bytes(2, decoded.MemberSeed.Span);
        if (decoded.RootSeed is not null)
        {
            payload.Bytes(4, decoded.RootSeed.Span);
        }
        payload.End();
        return decoded;
    }

    // A = Argon2id(password, salt), F = H(key file, salt, "ebla/1 keyfile" + R); KEK and commitment come from A | F.
    private static bool TryDeriveKey(
        Credential credential,
        CredentialKinds type,
        CipherSuite suite,
        RepositoryId repository,
        ReadOnlySpan<byte> salt,
        KdfParameters? kdf,
        Span<byte> key,
        Span<byte> commitment)
    {
        int passwordPart = type.HasFlag(CredentialKinds.Password) ? Argon2id.OutputSizeInBytes : 0;
        int keyFilePart = type.HasFlag(CredentialKinds.KeyFile) ? Hkdf.KeySizeInBytes : 0;
        using SecretBytes input = new(passwordPart + keyFilePart);
        if (passwordPart > 0
            && !Argon2id.TryDerive(credential.Password, salt, kdf!, input.Span[..Argon2id.OutputSizeInBytes]))
        {
            return false;
        }
        if (keyFilePart > 0)
        {
            InfoWriter keyFileInfo = new(stackalloc byte[InfoWriter.SizeInBytesMax]);
            keyFileInfo.Add("ebla/1 keyfile");
            keyFileInfo.Add(repository);
            Hkdf.Derive(credential.KeyFile, salt, keyFileInfo.Written, input.Span[passwordPart..]);
        }
        InfoWriter info = new(stackalloc byte[InfoWriter.SizeInBytesMax]);
        AddInfo(ref info, "ebla/1 kek", repository, type, suite);
        Hkdf.Derive(input.Span, salt, info.Written, key);
        InfoWriter commitmentInfo = new(stackalloc byte[InfoWriter.SizeInBytesMax]);
        AddInfo(ref commitmentInfo, "ebla/1 commit kek", repository, type, suite);
        Hkdf.Derive(input.Span, salt, commitmentInfo.Written, commitment);
        return true;
    }

    private static void AddInfo(
        ref InfoWriter info, string label, RepositoryId repository, CredentialKinds type, CipherSuite suite)
    {
        info.Add(label);
        info.Add(repository);
        info.Add((byte)type);
        info.Add((byte)suite);
    }

    private static WrongKeyException NotEnoughMemory(KdfParameters? kdf)
        => new(
            $"There is not enough memory for the key slot's password: it needs {kdf?.MemoryInKibibytes / 1024} MiB.");
}
