using Ebla.Encryption;
using Ebla.Hashing;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>
/// Opens a repository: reads the key objects, tries the slots, then follows member, grants and rings.
/// </summary>
internal sealed class KeyOpening
{
    // A store that plants costly slots can slow an opening down, but not without end: slots are tried by rising cost.
    public const int SlotTriedCountMax = 64;

    public const int KeyObjectCountMax = 4096;

    private readonly RepositoryHeader _header;
    private readonly IEntropy _entropy;
    private readonly List<KeyFinding> _findings = [];
    private readonly List<SlotObject> _slots = [];
    private readonly List<MemberObject> _members = [];
    private readonly List<GrantObject> _grants = [];

    /// <summary>Reads everything that needs no key.</summary>
    public KeyOpening(RepositoryHeader header, IReadOnlyList<StoredKey> keyObjects, IEntropy entropy)
    {
        _header = header;
        _entropy = entropy;
        if (keyObjects.Count > KeyObjectCountMax)
        {
            throw new CorruptDataException(
                $"The repository has {keyObjects.Count} key objects, more than {KeyObjectCountMax}.");
        }
        foreach (StoredKey stored in keyObjects.OrderBy(stored => stored.Id))
        {
            Collect(stored);
        }
    }

    public UnlockedKeys Open(Credential credential)
    {
        (SlotPayload payload, ObjectId openedSlot) = OpenSlot(credential);
        using (payload)
        {
            if (Blake3.Hash(payload.RootPublicKey) != _header.RootKeyHash)
            {
                throw new CorruptDataException(
                    "The header does not name the root key that the opened slot names: one of them was replaced.");
            }
            RootKey? root = payload.RootSeed is null
                ? null
                : new RootKey(_header.Repository, SecretBytes.CopyOf(payload.RootSeed.Span));
            MemberKeys member = new(
                _header.Repository, payload.Member, SecretBytes.CopyOf(payload.MemberSeed.Span));
            List<RingKeys> rings = [];
            bool isOpen = false;
            try
            {
                if (root is not null && !root.PublicKey.SequenceEqual(payload.RootPublicKey))
                {
                    throw new CorruptDataException("The root seed in the opened slot is not that of its root key.");
                }
                rings = OpenRings(member);
                UnlockedKeys keys = new(
                    _header,
                    payload.RootPublicKey,
                    root,
                    member,
                    rings,
                    ReadMembers(member, root is not null, rings),
                    ReadSlots(openedSlot, rings),
                    _findings,
                    _entropy);
                isOpen = true;
                return keys;
            }
            finally
            {
                if (!isOpen)
                {
                    rings.ForEach(ring => ring.Dispose());
                    member.Dispose();
                    root?.Dispose();
                }
            }
        }
    }

    private void Collect(StoredKey stored)
    {
        KeyObject source;
        try
        {
            source = KeyObject.Read(stored, _header);
            if (source.Kind == KeyObjectKind.Slot)
            {
                _slots.Add(SlotObject.Read(stored.Id, _header.Repository, source));
                return;
            }
        }
        catch (EblaException error)
        {
            _findings.Add(new KeyFinding(stored.Id, error));
            return;
        }
        // Signed by the root key: what is not understood here may take power away, so it must not be passed over.
        try
        {
            if (source.Kind == KeyObjectKind.Member)
            {
                _members.Add(MemberObject.Read(stored.Id, source));
            }
            else
            {
                _grants.Add(GrantObject.Read(stored.Id, source));
            }
        }
        catch (CorruptDataException error)
        {
            _findings.Add(new KeyFinding(stored.Id, error));
        }
    }

    private (SlotPayload Payload, ObjectId Slot) OpenSlot(Credential credential)
    {
        List<SlotObject> candidates = [.. _slots
            .Where(slot => (slot.Type & ~credential.Kinds) == CredentialKinds.None)
            .OrderBy(slot => slot.Kdf?.Cost ?? 0)
            .ThenBy(slot => slot.Id)
            .Take(SlotTriedCountMax)];
        int failed = 0;
        CorruptDataException? damage = null;
        foreach (SlotObject slot in candidates)
        {
            try
            {
                if (slot.TryOpen(credential) is { } payload)
                {
                    return (payload, slot.Id);
                }
            }
            catch (CorruptDataException error)
            {
                // The credential fits, so saying that it is wrong would mislead.
                damage ??= error;
                _findings.Add(new KeyFinding(slot.Id, error));
            }
            catch (WrongKeyException error)
            {
                failed++;
                _findings.Add(new KeyFinding(slot.Id, error));
            }
        }
        if (damage is not null)
        {
            throw new CorruptDataException(damage.Message, damage);
        }
        if (_slots.Count == 0)
        {
            throw new CorruptDataException(_findings.Count == 0
                ? "The repository has no key slot: its key objects are missing."
                : $"No key slot can be read: {_findings[0].Error.Message}");
        }
        string detail = _findings.Count == 0
            ? ""
            : $" {_findings.Count} key objects could not be used, the first because: {_findings[0].Error.Message}";
        string given = Describe(credential.Kinds);
        string wanted = string.Join(", ", _slots.Select(slot => Describe(slot.Type)).Distinct());
        throw new WrongKeyException(candidates.Count == failed
            ? $"No key slot could be tried with the {given}; there are slots for: {wanted}.{detail}"
            : $"No key slot opens with the {given} ({candidates.Count} tried).{detail}");
    }

    private static string Describe(CredentialKinds kinds) => kinds switch
    {
        CredentialKinds.Password => "password",
        CredentialKinds.KeyFile => "key file",
        _ => "password and key file",
    };

    private List<RingKeys> OpenRings(MemberKeys member)
    {
        List<RingKeys> rings = [];
        foreach (IGrouping<RingId, GrantObject> grants in
            _grants.Where(grant => grant.Member == member.Id).GroupBy(grant => grant.Ring))
        {
            // Equal numbers are copies. A lower one is out of date, and using it could seal to a key given up.
            uint newest = grants.Max(grant => grant.Number);
            foreach (GrantObject grant in grants.Where(grant => grant.Number == newest))
            {
                try
                {
                    rings.Add(grant.Open(_header.Repository, member, _entropy));
                    break;
                }
                catch (CorruptDataException error)
                {
                    _findings.Add(new KeyFinding(grant.ObjectId, error));
                }
            }
        }
        if (rings.Count == 0)
        {
            throw new CorruptDataException(
                "The slot opens, but no grant of a ring to its member can be read."
                + (_findings.Count == 0 ? " It is missing." : $" {_findings[^1].Error.Message}")
                + " Restore the key objects from a replica.");
        }
        rings.Sort((left, right) => (left.Created, left.Id.Value).CompareTo((right.Created, right.Id.Value)));
        return rings;
    }

    private List<KnownMember> ReadMembers(MemberKeys member, bool isOwner, List<RingKeys> rings)
    {
        List<KnownMember> known = [];
        foreach (IGrouping<MemberId, MemberObject> records in _members.GroupBy(record => record.Id))
        {
            uint newest = records.Max(record => record.Number);
            MemberObject record = records.First(record => record.Number == newest);
            known.Add(Describe(record.ObjectId, record.Ring, rings, record.ReadInfo, record.Describe));
        }
        KnownMember? self = known.Find(candidate => candidate.Id == member.Id);
        if (self is not null && !self.SignPublicKey.Span.SequenceEqual(member.SignPublicKey))
        {
            throw new CorruptDataException(
                "The opened slot does not hold the keys that the root key knows of its member.");
        }
        if (self is null)
        {
            // The owner needs no one to vouch for it: it has the root key.
            known.Add(isOwner
                ? new KnownMember(member.Id, "", MemberRole.Owner, member.SignPublicKey.ToArray())
                : throw new CorruptDataException(
                    $"The root key's statement on member {member.Id} is missing or damaged."));
        }
        return known;
    }

    private List<SlotInfo> ReadSlots(ObjectId openedSlot, List<RingKeys> rings)
        => [.. _slots
            .Select(slot => Describe(
                slot.Id,
                slot.Ring,
                rings,
                ring => slot.ReadInfo(ring, slot.Id == openedSlot),
                () => slot.Describe(slot.Id == openedSlot)))
            .OrderBy(slot => slot.Created ?? DateTimeOffset.MaxValue)
            .ThenBy(slot => slot.Id)];

    /// <summary>With the description, if its ring is ours and it is whole.</summary>
    private T Describe<T>(ObjectId id, RingId ringId, List<RingKeys> rings, Func<RingKeys, T> read, Func<T> describe)
    {
        if (rings.Find(ring => ring.Id == ringId) is not { } ring)
        {
            return describe();
        }
        try
        {
            return read(ring);
        }
        catch (EblaException error)
        {
            _findings.Add(new KeyFinding(id, error));
            return describe();
        }
    }
}
