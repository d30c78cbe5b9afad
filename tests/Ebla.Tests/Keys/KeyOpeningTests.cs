using Ebla.Encryption;
using Ebla.Keys;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Keys;

public sealed class KeyOpeningTests
{
    public static TheoryData<CredentialKinds> AllKinds =>
        [CredentialKinds.Password, CredentialKinds.KeyFile, CredentialKinds.Password | CredentialKinds.KeyFile];

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void What_was_created_opens_with_its_credential(CredentialKinds kinds)
    {
        using Credential credential = CredentialOf(kinds);
        foreach (CipherSuite suite in (CipherSuite[])[CipherSuite.AesGcm, CipherSuite.ChaCha20Poly1305])
        {
            NewRepository created = KeyFixture.Create(credential, suite: suite);
            using UnlockedKeys expected = created.Keys;
            using UnlockedKeys keys = UnlockedKeys.Open(created.HeaderBytes, created.KeyObjects, credential);
            AssertEqual(expected, keys);
            Assert.Empty(keys.Findings);
            Assert.True(keys.IsOwner);
            Assert.Equal(MemberRole.Owner, keys.Role);
            Assert.Equal("åsa@tablet", keys.Members[keys.Member.Id].Name);
            SlotInfo slot = Assert.Single(keys.Slots);
            Assert.Equal(created.Keys.Slots[0], slot);
            Assert.Equal("first", slot.Label);
            Assert.Equal(KeyFixture.Created, slot.Created);
            Assert.Equal(keys.Member.Id, slot.Member);
            Assert.Equal(kinds, slot.Type);
            Assert.Equal(kinds.HasFlag(CredentialKinds.Password), slot.Kdf is not null);
            Assert.True(slot.IsOpened);
            Assert.Equal(suite, keys.Ring.Suite);
            Assert.Equal(KeyFixture.Chunker, keys.Ring.Chunker);
        }
    }

    [Theory]
    [InlineData("Correct horse battery staple")]
    [InlineData("correct horse battery staple ")]
    [InlineData("x")]
    public void A_wrong_password_is_told_as_such(string password)
    {
        NewRepository created = KeyFixture.Create(KeyFixture.PasswordCredential);
        using Credential wrong = Credential.FromPassword(password);
        _ = Assert.Throws<WrongKeyException>(() => Open(created, wrong));
    }

    [Fact]
    public void A_wrong_or_missing_part_of_a_credential_opens_nothing()
    {
        NewRepository both = KeyFixture.Create(KeyFixture.BothCredential);
        byte[] otherFile = KeyFixture.Flipped(KeyFixture.KeyFileContent, 3);
        _ = Assert.Throws<WrongKeyException>(() => Open(both, KeyFixture.PasswordCredential));
        _ = Assert.Throws<WrongKeyException>(() => Open(both, KeyFixture.KeyFileCredential));
        _ = Assert.Throws<WrongKeyException>(
            () => Open(both, Credential.FromPasswordAndKeyFile(KeyFixture.Password, otherFile)));
        _ = Assert.Throws<WrongKeyException>(
            () => Open(both, Credential.FromPasswordAndKeyFile("other", KeyFixture.KeyFileContent)));
        NewRepository keyFile = KeyFixture.Create(KeyFixture.KeyFileCredential);
        _ = Assert.Throws<WrongKeyException>(() => Open(keyFile, Credential.FromKeyFile(otherFile)));
        WrongKeyException error = Assert.Throws<WrongKeyException>(() => Open(keyFile, KeyFixture.PasswordCredential));
        Assert.Contains("key file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_and_a_key_file_open_slots_that_need_only_one_of_them()
    {
        NewRepository password = KeyFixture.Create(KeyFixture.PasswordCredential);
        using UnlockedKeys first = Open(password, KeyFixture.BothCredential);
        NewRepository keyFile = KeyFixture.Create(KeyFixture.KeyFileCredential);
        using UnlockedKeys second = Open(keyFile, KeyFixture.BothCredential);
        Assert.True(first.IsOwner && second.IsOwner);
    }

    [Fact]
    public void Slots_are_added_listed_and_removed()
    {
        NewRepository created = KeyFixture.Create(KeyFixture.PasswordCredential);
        using UnlockedKeys keys = Open(created, KeyFixture.PasswordCredential);
        DateTimeOffset later = KeyFixture.Created.AddDays(1);
        using Credential newPassword = Credential.FromPassword("new");
        StoredKey added = keys.NewSlot(newPassword, "second", later, KeyFixture.CheapKdf);
        StoredKey file = keys.NewSlot(KeyFixture.KeyFileCredential, "third", later.AddDays(1));
        List<StoredKey> all = [file, .. created.KeyObjects, added];
        using (UnlockedKeys reopened = UnlockedKeys.Open(created.HeaderBytes, all, newPassword))
        {
            AssertEqual(keys, reopened);
            Assert.Equal(["first", "second", "third"], reopened.Slots.Select(slot => slot.Label));
            Assert.Equal([false, true, false], reopened.Slots.Select(slot => slot.IsOpened));
            Assert.Equal(added.Id, reopened.Slots[1].Id);
            Assert.Equal(later, reopened.Slots[1].Created);
            Assert.Equal(CredentialKinds.KeyFile, reopened.Slots[2].Type);
            Assert.Null(reopened.Slots[2].Kdf);
        }
        _ = all.RemoveAll(stored => stored.Id == keys.Slots[0].Id);
        _ = Assert.Throws<WrongKeyException>(
            () => UnlockedKeys.Open(created.HeaderBytes, all, KeyFixture.PasswordCredential));
        using UnlockedKeys byFile = UnlockedKeys.Open(created.HeaderBytes, all, KeyFixture.KeyFileCredential);
        Assert.True(byFile.IsOwner);
        Assert.Equal(2, byFile.Slots.Count);
    }

    [Fact]
    public void Objects_of_another_repository_are_findings_and_alone_open_nothing()
    {
        NewRepository mine = KeyFixture.Create(KeyFixture.PasswordCredential);
        NewRepository foreign = KeyFixture.Create(KeyFixture.PasswordCredential, "foreign");
        using UnlockedKeys keys = UnlockedKeys.Open(
            mine.HeaderBytes, [.. foreign.KeyObjects, .. mine.KeyObjects], KeyFixture.PasswordCredential);
        AssertEqual(mine.Keys, keys);
        Assert.Equal(3, keys.Findings.Count);
        Assert.All(keys.Findings, finding =>
            Assert.Contains("another repository", finding.Error.Message, StringComparison.Ordinal));
        _ = Assert.Throws<CorruptDataException>(
            () => UnlockedKeys.Open(mine.HeaderBytes, foreign.KeyObjects, KeyFixture.PasswordCredential));
    }

    [Fact]
    public void A_header_with_another_root_key_is_refused()
    {
        NewRepository created = KeyFixture.Create(KeyFixture.PasswordCredential);
        byte[] forged = (created.Keys.Header with { RootKeyHash = new Hash256(1, 2, 3, 4) }).ToArray();
        _ = Assert.Throws<CorruptDataException>(
            () => UnlockedKeys.Open(forged, created.KeyObjects, KeyFixture.PasswordCredential));
    }

    [Fact]
    public void A_missing_object_is_told_by_what_it_was()
    {
        NewRepository created = KeyFixture.Create(KeyFixture.PasswordCredential);
        StoredKey member = created.KeyObjects[0];
        StoredKey grant = created.KeyObjects[1];
        StoredKey slot = created.KeyObjects[2];
        _ = Assert.Throws<CorruptDataException>(() => Open(created, [], KeyFixture.PasswordCredential));
        _ = Assert.Throws<CorruptDataException>(() => Open(created, [member, grant], KeyFixture.PasswordCredential));
        _ = Assert.Throws<CorruptDataException>(() => Open(created, [member, slot], KeyFixture.PasswordCredential));
        // The owner holds the root key, so nobody else has to vouch for it.
        using UnlockedKeys keys = Open(created, [grant, slot], KeyFixture.PasswordCredential);
        AssertEqual(created.Keys, keys);
    }

    [Fact]
    public void A_damaged_slot_does_not_keep_another_from_opening()
    {
        NewRepository created = KeyFixture.Create(KeyFixture.PasswordCredential);
        StoredKey second = created.Keys.NewSlot(
            KeyFixture.PasswordCredential, "second", KeyFixture.Created, KeyFixture.CheapKdf);
        byte[] slot = created.KeyObjects[2].Bytes.ToArray();
        // The ciphertext behind the commitment: the password fits, the payload does not decrypt.
        int payload = slot.Length - 4176 - 20;
        foreach (StoredKey damaged in (StoredKey[])[
            new(created.KeyObjects[2].Id, KeyFixture.Flipped(slot, payload)),
            KeyFixture.Renamed(KeyFixture.Flipped(slot, payload)),
            KeyFixture.Renamed(slot[..100]),
            KeyFixture.Renamed([])])
        {
            using UnlockedKeys keys = Open(
                created, [created.KeyObjects[0], created.KeyObjects[1], damaged, second],
                KeyFixture.PasswordCredential);
            AssertEqual(created.Keys, keys);
        }
        CorruptDataException error = Assert.Throws<CorruptDataException>(() => Open(
            created,
            [created.KeyObjects[0], created.KeyObjects[1], KeyFixture.Renamed(KeyFixture.Flipped(slot, payload))],
            KeyFixture.PasswordCredential));
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_newest_grant_counts_and_equal_ones_are_copies()
    {
        NewRepository created = KeyFixture.Create(KeyFixture.KeyFileCredential);
        using RootKey root = RootOf("fixture", created);
        DeterministicEntropy entropy = new("grants");
        StoredKey copy = GrantObject.Create(created.Keys.Member, 1, created.Keys.Ring, root, entropy);
        Assert.NotEqual(copy.Id, created.KeyObjects[1].Id);
        using (UnlockedKeys keys = Open(
            created, [created.KeyObjects[0], copy, created.KeyObjects[2]], KeyFixture.KeyFileCredential))
        {
            AssertEqual(created.Keys, keys);
        }
        RingKeys old = created.Keys.Ring;
        SecretBytes contentKey = SecretBytes.Random(entropy, 32);
        using RingKeys rotated = new(
            old.Repository,
            old.Id,
            old.Suite,
            old.Chunker,
            old.Created,
            SecretBytes.CopyOf(old.IdKey),
            SecretBytes.CopyOf(old.CatalogKey),
            [.. old.ContentKeys, new ContentKey(2, X25519.PublicKeyOf(contentKey.Span), contentKey)],
            entropy);
        StoredKey newer = GrantObject.Create(created.Keys.Member, 2, rotated, root, entropy);
        using UnlockedKeys after = Open(created, [newer, .. created.KeyObjects], KeyFixture.KeyFileCredential);
        Assert.Equal(2, Assert.Single(after.Rings).ContentKeys.Count);
        using Sealing before = old.NewSealing();
        using Sealing since = after.Ring.NewSealing();
        after.Ring.OpenSealing(before.Entry.Span).Dispose();
        after.Ring.OpenSealing(since.Entry.Span).Dispose();
        _ = Assert.Throws<WrongKeyException>(() => old.OpenSealing(since.Entry.Span));
    }

    [Fact]
    public void A_ring_without_content_keys_seals_and_cannot_open()
    {
        NewRepository created = KeyFixture.Create(KeyFixture.KeyFileCredential);
        using RootKey root = RootOf("fixture", created);
        RingKeys full = created.Keys.Ring;
        using RingKeys writersRing = new(
            full.Repository,
            full.Id,
            full.Suite,
            full.Chunker,
            full.Created,
            SecretBytes.CopyOf(full.IdKey),
            SecretBytes.CopyOf(full.CatalogKey),
            [full.ContentKeys[0] with { PrivateKey = null }],
            SystemEntropy.Instance);
        StoredKey grant = GrantObject.Create(created.Keys.Member, 2, writersRing, root, SystemEntropy.Instance);
        using UnlockedKeys writer = Open(created, [grant, .. created.KeyObjects], KeyFixture.KeyFileCredential);
        Assert.True(writer.Ring.CanSeal);
        Assert.False(writer.Ring.CanOpenSealings);
        using Sealing sealing = writer.Ring.NewSealing();
        full.OpenSealing(sealing.Entry.Span).Dispose();
        _ = Assert.Throws<WrongKeyException>(() => writer.Ring.OpenSealing(sealing.Entry.Span));
    }

    [Fact]
    public void What_the_root_key_signed_and_we_do_not_understand_stops_us()
    {
        NewRepository created = KeyFixture.Create(KeyFixture.KeyFileCredential);
        using RootKey root = RootOf("fixture", created);
        RingKeys ring = created.Keys.Ring;
        byte[] Body(uint unknownField) => FieldMap.Encode(
            (1, writer => writer.WriteByteString(created.Keys.Member.Id.ToArray())),
            (2, writer => writer.WriteUInt32(2)),
            (3, writer => writer.WriteUInt32(1)),
            (4, writer => writer.WriteByteString(created.Keys.Member.SignPublicKey)),
            (5, writer => writer.WriteByteString(created.Keys.Member.BoxPublicKey)),
            (6, writer => writer.WriteByteString(ring.Id.ToArray())),
            (unknownField, writer => writer.WriteTextString("?")));
        StoredKey Member(uint unknownField)
        {
            byte[] plaintext = FieldMap.Encode(
                (1, writer => writer.WriteTextString("new")), (2, writer => writer.WriteUInt32(1)));
            byte[] open = KeyObject.ComposeOpen(
                KeyObjectKind.Member, ring.Repository, Body(unknownField), 0, RingKeys.BoxSizeOf(plaintext.Length));
            return KeyObject.Compose(open, [], ring.SealBox(ObjectKind.Key, open, plaintext), root);
        }
        _ = Assert.Throws<UnsupportedFormatException>(
            () => Open(created, [Member(63), .. created.KeyObjects], KeyFixture.KeyFileCredential));
        using UnlockedKeys keys = Open(created, [Member(64), .. created.KeyObjects], KeyFixture.KeyFileCredential);
        Assert.Equal("new", keys.Members[keys.Member.Id].Name);
        Assert.Empty(keys.Findings);
    }

    [Fact]
    public void A_newer_version_or_sub_kind_is_a_finding_that_says_so()
    {
        NewRepository created = KeyFixture.Create(KeyFixture.KeyFileCredential);
        byte[] version = created.KeyObjects[2].Bytes.ToArray();
        version[5] = 2;
        byte[] subKind = created.KeyObjects[2].Bytes.ToArray();
        subKind[24] = 4;
        using UnlockedKeys keys = Open(
            created,
            [KeyFixture.Renamed(version), KeyFixture.Renamed(subKind), .. created.KeyObjects],
            KeyFixture.KeyFileCredential);
        Assert.Equal(2, keys.Findings.Count);
        Assert.All(keys.Findings, finding => Assert.IsType<UnsupportedFormatException>(finding.Error));
    }

    [Fact]
    public void Too_many_key_objects_are_refused()
    {
        NewRepository created = KeyFixture.Create(KeyFixture.KeyFileCredential);
        StoredKey[] many = [.. Enumerable.Repeat(created.KeyObjects[0], KeyOpening.KeyObjectCountMax + 1)];
        _ = Assert.Throws<CorruptDataException>(() => Open(created, many, KeyFixture.KeyFileCredential));
    }

    [Fact]
    public void Members_sign_and_anyone_who_knows_them_verifies()
    {
        NewRepository created = KeyFixture.Create(KeyFixture.KeyFileCredential);
        using UnlockedKeys keys = Open(created, KeyFixture.KeyFileCredential);
        NewRepository other = KeyFixture.Create(KeyFixture.KeyFileCredential, "other");
        byte[] signature = created.Keys.Member.Sign("snapshot", "body"u8);
        Assert.True(keys.Verify(created.Keys.Member.Id, "snapshot", "body"u8, signature));
        Assert.True(keys.Member.Verify("snapshot", "body"u8, signature));
        Assert.False(keys.Verify(created.Keys.Member.Id, "record", "body"u8, signature));
        Assert.False(keys.Verify(created.Keys.Member.Id, "snapshot", "bodY"u8, signature));
        Assert.False(keys.Verify(created.Keys.Member.Id, "snapshot", "body"u8, signature.AsSpan(1)));
        Assert.False(keys.Verify(MemberId.NewRandom(), "snapshot", "body"u8, signature));
        Assert.False(keys.VerifyRoot("snapshot", "body"u8, signature));
        Assert.True(keys.VerifyRoot("setting", "body"u8, keys.SignAsRoot("setting", "body"u8)));
        // The same seed in another repository gives other keys and other messages.
        using MemberKeys elsewhere = new(
            other.Keys.Header.Repository, keys.Member.Id, SecretBytes.CopyOf(keys.Member.Seed));
        Assert.False(keys.Verify(keys.Member.Id, "snapshot", "body"u8, elsewhere.Sign("snapshot", "body"u8)));
    }

    [Fact]
    public void The_keys_of_a_ring_differ_from_one_another_and_between_rings()
    {
        using UnlockedKeys keys = KeyFixture.Create(KeyFixture.KeyFileCredential).Keys;
        using UnlockedKeys others = KeyFixture.Create(KeyFixture.KeyFileCredential, "other").Keys;
        HashSet<string> distinct = [];
        foreach (RingKeys ring in (RingKeys[])[keys.Ring, others.Ring])
        {
            Assert.True(distinct.Add(Convert.ToHexString(ring.FileIdKey)));
            Assert.True(distinct.Add(Convert.ToHexString(ring.TreeIdKey)));
            Assert.True(distinct.Add(Convert.ToHexString(ring.CutKey)));
            Assert.True(distinct.Add(Convert.ToHexString(ring.TokenKey)));
            Assert.Equal(256, ring.GearTable.ToArray().Distinct().Count());
            foreach (ulong word in ring.GearTable.ToArray())
            {
                Assert.True(distinct.Add($"{word}"));
            }
        }
    }

    [Fact]
    public void Names_and_labels_are_not_readable_in_what_is_stored()
    {
        NewRepository created = KeyFixture.Create(KeyFixture.PasswordCredential);
        foreach (StoredKey stored in created.KeyObjects)
        {
            Assert.Equal(-1, stored.Bytes.Span.IndexOf("first"u8));
            Assert.Equal(-1, stored.Bytes.Span.IndexOf("tablet"u8));
        }
    }

    [Fact]
    public void Credentials_and_names_out_of_range_are_refused()
    {
        _ = Assert.Throws<ArgumentException>(() => Credential.FromPassword(""));
        _ = Assert.Throws<ArgumentException>(() => Credential.FromPassword(new string('x', 4097)));
        _ = Assert.Throws<ArgumentException>(() => Credential.FromKeyFile(new byte[31]));
        _ = Assert.Throws<ArgumentException>(() => Credential.FromKeyFile(new byte[(1 << 20) + 1]));
        using UnlockedKeys keys = KeyFixture.Create(KeyFixture.KeyFileCredential).Keys;
        _ = Assert.Throws<ArgumentException>(
            () => keys.NewSlot(KeyFixture.KeyFileCredential, new string('x', 257), KeyFixture.Created));
        _ = Assert.Throws<ArgumentException>(
            () => keys.NewSlot(KeyFixture.KeyFileCredential, "\u001b[1m", KeyFixture.Created));
    }

    internal static void AssertEqual(UnlockedKeys expected, UnlockedKeys actual)
    {
        Assert.Equal(expected.Header, actual.Header);
        Assert.Equal(expected.Member.Id, actual.Member.Id);
        Assert.Equal(expected.Member.Seed, actual.Member.Seed);
        Assert.Equal(expected.IsOwner, actual.IsOwner);
        Assert.Equal(expected.Ring.Id, actual.Ring.Id);
        Assert.Equal(expected.Ring.IdKey, actual.Ring.IdKey);
        Assert.Equal(expected.Ring.CatalogKey, actual.Ring.CatalogKey);
        Assert.Equal(expected.Ring.ContentKeys[0].PrivateKey!.Span, actual.Ring.ContentKeys[0].PrivateKey!.Span);
        Assert.Equal(expected.Ring.FileIdKey, actual.Ring.FileIdKey);
        Assert.Equal(expected.Ring.GearTable.Span, actual.Ring.GearTable.Span);
    }

    /// <summary>The root key of a fixture: its seed is the second thing that is drawn.</summary>
    private static RootKey RootOf(string seed, NewRepository created)
    {
        DeterministicEntropy entropy = new(seed);
        entropy.Fill(new byte[16]);
        RootKey root = new(created.Keys.Header.Repository, SecretBytes.Random(entropy, 32));
        Assert.Equal(created.Keys.Header.RootKeyHash, root.PublicKeyHash);
        return root;
    }

    private static Credential CredentialOf(CredentialKinds kinds) => kinds switch
    {
        CredentialKinds.Password => KeyFixture.PasswordCredential,
        CredentialKinds.KeyFile => KeyFixture.KeyFileCredential,
        _ => KeyFixture.BothCredential,
    };

    private static UnlockedKeys Open(NewRepository created, Credential credential)
        => Open(created, created.KeyObjects, credential);

    private static UnlockedKeys Open(NewRepository created, IReadOnlyList<StoredKey> objects, Credential credential)
        => UnlockedKeys.Open(created.HeaderBytes, objects, credential);
}
