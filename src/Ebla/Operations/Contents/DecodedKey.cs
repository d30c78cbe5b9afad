using System.Text.Json.Nodes;
using Ebla.Keys;

namespace Ebla.Operations.Contents;

/// <summary>Key objects as JSON: what is not secret in them.</summary>
internal static class DecodedKey
{
    public static JsonObject Of(UnlockedKeys keys, StoredKey stored)
    {
        KeyObject source = KeyObject.Read(stored, keys.Header);
        JsonObject json = source.Kind switch
        {
            KeyObjectKind.Slot => OfSlot(keys, SlotObject.Read(stored.Id, keys.Header.Repository, source)),
            KeyObjectKind.Member => OfMember(keys, MemberObject.Read(stored.Id, source)),
            _ => OfGrant(GrantObject.Read(stored.Id, source)),
        };
        json.Insert(0, "id", stored.Id.ToString());
        return json;
    }

    private static JsonObject OfSlot(UnlockedKeys keys, SlotObject slot)
    {
        RingKeys? ring = keys.Rings.FirstOrDefault(ring => ring.Id == slot.Ring);
        SlotInfo info = ring is null ? slot.Describe(false) : slot.ReadInfo(ring, false);
        JsonObject json = new()
        {
            ["kind"] = "slot",
            ["needs_password"] = info.Type.HasFlag(CredentialKinds.Password),
            ["needs_key_file"] = info.Type.HasFlag(CredentialKinds.KeyFile),
            ["label"] = info.Label,
            ["member"] = info.Member?.ToString(),
            ["created"] = info.Created,
        };
        if (info.Kdf is { } kdf)
        {
            json["kdf"] = new JsonObject
            {
                ["name"] = "argon2id",
                ["memory_in_kibibytes"] = kdf.MemoryInKibibytes,
                ["passes"] = kdf.Passes,
            };
        }
        return json;
    }

    private static JsonObject OfMember(UnlockedKeys keys, MemberObject member)
    {
        RingKeys? ring = keys.Rings.FirstOrDefault(ring => ring.Id == member.Ring);
        KnownMember known = ring is null ? member.Describe() : member.ReadInfo(ring);
        return new JsonObject
        {
            ["kind"] = "member",
            ["member"] = known.Id.ToString(),
            ["name"] = known.Name,
            ["role"] = known.Role switch
            {
                MemberRole.Owner => "owner",
                MemberRole.Writer => "writer",
                MemberRole.Reader => "reader",
                _ => "maintainer",
            },
            ["number"] = member.Number,
            ["sign_public_key"] = Convert.ToHexStringLower(member.SignPublicKey),
            ["box_public_key"] = Convert.ToHexStringLower(member.BoxPublicKey),
        };
    }

    private static JsonObject OfGrant(GrantObject grant) => new()
    {
        ["kind"] = "grant",
        ["member"] = grant.Member.ToString(),
        ["ring"] = grant.Ring.ToString(),
        ["number"] = grant.Number,
        ["suite"] = (int)grant.Suite,
    };
}
