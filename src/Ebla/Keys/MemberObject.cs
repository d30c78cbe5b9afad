using Ebla.Encryption;
using Ebla.Primitives;

namespace Ebla.Keys;

// MEMBER (docs/format.md, "Key objects")
//   body: 1 member id 16 | 2 number u32 >= 1, the highest counts | 3 role u8
//         4 sign public key 32 | 5 box public key 32 | 6 ring of the box
//   sealed: nothing. box: 1 name | 2 created, seconds since 1970

/// <summary>The root key's statement of who a member is.</summary>
internal sealed record MemberObject(
    ObjectId ObjectId,
    KeyObject Source,
    MemberId Id,
    uint Number,
    MemberRole Role,
    byte[] SignPublicKey,
    byte[] BoxPublicKey,
    RingId Ring)
{
    public const int NameSizeInBytesMax = 256;

    private const int BoxPlaintextSizeInBytesMax = 4092;

    public static MemberObject Read(ObjectId id, KeyObject source)
    {
        FieldMap body = FieldMap.Decode(source.Body, "A member");
        MemberId member = MemberId.Read(body.Bytes(1, MemberId.SizeInBytes, MemberId.SizeInBytes));
        uint number = (uint)body.Unsigned(2, 1, uint.MaxValue);
        ulong role = body.Unsigned(3, 1, byte.MaxValue);
        if (role is < (ulong)MemberRole.Owner or > (ulong)MemberRole.Maintainer)
        {
            throw new UnsupportedFormatException($"Role {role} is not known to this version of Ebla.");
        }
        byte[] signPublicKey = body.Bytes(4, Ed25519Key.PublicKeySizeInBytes, Ed25519Key.PublicKeySizeInBytes);
        byte[] boxPublicKey = body.Bytes(5, X25519.KeySizeInBytes, X25519.KeySizeInBytes);
        RingId ring = RingId.Read(body.Bytes(6, RingId.SizeInBytes, RingId.SizeInBytes));
        body.End();
        if (!source.Sealed.IsEmpty || source.Box.IsEmpty)
        {
            throw new CorruptDataException("A member is not valid: a part is missing or too many.");
        }
        return new MemberObject(id, source, member, number, (MemberRole)role, signPublicKey, boxPublicKey, ring);
    }

    public static StoredKey Create(
        MemberKeys member, uint number, MemberRole role, string name,
        DateTimeOffset created, RingKeys ring, RootKey root)
    {
        if (!FieldMap.IsPlainText(name, NameSizeInBytesMax))
        {
            throw new ArgumentException(
                $"A member's name has at most {NameSizeInBytesMax} bytes and no control characters.", nameof(name));
        }
        byte[] signPublicKey = member.SignPublicKey.ToArray();
        byte[] boxPublicKey = member.BoxPublicKey.ToArray();
        byte[] body = FieldMap.Encode(
            (1, writer => writer.WriteByteString(member.Id.ToArray())),
            (2, writer => writer.WriteUInt32(number)),
            (3, writer => writer.WriteUInt32((uint)role)),
            (4, writer => writer.WriteByteString(signPublicKey)),
            (5, writer => writer.WriteByteString(boxPublicKey)),
            (6, writer => writer.WriteByteString(ring.Id.ToArray())));
        byte[] boxPlaintext = FieldMap.Encode(
            (1, writer => writer.WriteTextString(name)),
            (2, writer => writer.WriteUInt64((ulong)created.ToUnixTimeSeconds())));
        byte[] open = KeyObject.ComposeOpen(
            KeyObjectKind.Member, ring.Repository, body, 0, RingKeys.BoxSizeOf(boxPlaintext.Length));
        return KeyObject.Compose(open, [], ring.SealBox(ObjectKind.Key, open, boxPlaintext), root);
    }

    /// <summary>The member without its name.</summary>
    public KnownMember Describe() => new(Id, "", Role, SignPublicKey);

    /// <summary>Reads the name with the ring's catalog key.</summary>
    public KnownMember ReadInfo(RingKeys ring)
    {
        byte[] plaintext = ring.OpenBox(
            ObjectKind.Key, Source.Open.Span, Source.Box.Span, BoxPlaintextSizeInBytesMax);
        FieldMap box = FieldMap.Decode(plaintext, "The description of a member");
        KnownMember member = Describe() with { Name = box.Text(1, NameSizeInBytesMax) };
        _ = box.Time(2);
        box.End();
        return member;
    }
}
