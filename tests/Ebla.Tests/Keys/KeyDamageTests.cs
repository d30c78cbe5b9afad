using Ebla.Keys;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Keys;

public sealed class KeyDamageTests
{
    // Member, grant, slot: the order of NewRepository.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_flipped_byte_of_a_key_object_is_noticed_by_its_name(int index)
    {
        NewRepository created = KeyFixture.Create(KeyFixture.KeyFileCredential);
        StoredKey stored = created.KeyObjects[index];
        for (int i = 0; i < stored.Bytes.Length; i++)
        {
            StoredKey damaged = stored with { Bytes = KeyFixture.Flipped(stored.Bytes.Span, i) };
            _ = Assert.Throws<CorruptDataException>(() => KeyObject.Read(damaged, created.Keys.Header));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_flipped_byte_behind_the_name_gives_a_typed_error_or_a_finding_and_never_other_keys(int index)
    {
        NewRepository created = KeyFixture.Create(KeyFixture.KeyFileCredential);
        byte[] bytes = created.KeyObjects[index].Bytes.ToArray();
        // A box is most of an object, and all its bytes are flipped in CatalogBoxTests: a sample will do here.
        int boxSize = KeyObject.Read(created.KeyObjects[index], created.Keys.Header).Box.Length;
        int boxEnd = index == 0 ? bytes.Length - 96 : bytes.Length;
        for (int i = 0; i < bytes.Length; i += i >= boxEnd - boxSize && i < boxEnd - 43 ? 43 : 1)
        {
            List<StoredKey> objects = [.. created.KeyObjects];
            objects[index] = KeyFixture.Renamed(KeyFixture.Flipped(bytes, i));
            try
            {
                using UnlockedKeys keys = UnlockedKeys.Open(created.HeaderBytes, objects, KeyFixture.KeyFileCredential);
                KeyOpeningTests.AssertEqual(created.Keys, keys);
                Assert.True(keys.Findings.Count > 0, $"byte {i} was not noticed");
            }
            catch (EblaException)
            {
                // Typed, as it should be.
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_shorter_key_object_is_refused(int index)
    {
        NewRepository created = KeyFixture.Create(KeyFixture.KeyFileCredential);
        byte[] bytes = created.KeyObjects[index].Bytes.ToArray();
        for (int length = 0; length < bytes.Length; length++)
        {
            StoredKey part = KeyFixture.Renamed(bytes[..length]);
            _ = Assert.Throws<CorruptDataException>(() => KeyObject.Read(part, created.Keys.Header));
        }
        StoredKey longer = KeyFixture.Renamed([.. bytes, 0]);
        _ = Assert.Throws<CorruptDataException>(() => KeyObject.Read(longer, created.Keys.Header));
    }

    [Fact]
    public void A_sealed_part_does_not_move_to_another_slot()
    {
        // Two slots of one repository under one credential: their open parts differ in the salt.
        NewRepository created = KeyFixture.Create(KeyFixture.KeyFileCredential);
        StoredKey second = created.Keys.NewSlot(KeyFixture.KeyFileCredential, "second", KeyFixture.Created);
        byte[] first = created.KeyObjects[2].Bytes.ToArray();
        byte[] mixed = [.. first[..^(4176 + 304)], .. second.Bytes[^(4176 + 304)..].Span];
        Assert.Equal(first.Length, mixed.Length);
        List<StoredKey> objects = [created.KeyObjects[0], created.KeyObjects[1], KeyFixture.Renamed(mixed)];
        _ = Assert.Throws<WrongKeyException>(
            () => UnlockedKeys.Open(created.HeaderBytes, objects, KeyFixture.KeyFileCredential));
    }

    [Theory]
    [InlineData("a0")] // fields are missing
    [InlineData("a10102")] // a slot with nothing but a type
    [InlineData("a201010101")] // one key twice
    [InlineData("a202010101")] // keys out of order
    [InlineData("bf0101ff")] // indefinite length
    [InlineData("a1180101")] // a key that is longer than it needs to be
    [InlineData("a12001")] // a negative key
    [InlineData("a1613101")] // a text key
    [InlineData("80")] // an array
    [InlineData("a10101" + "00")] // bytes after the end
    [InlineData("ff")]
    [InlineData("")]
    public void A_body_that_is_no_valid_map_is_refused(string hex)
    {
        byte[] body = Convert.FromHexString(hex);
        KeyObject source = new(KeyObjectKind.Slot, new byte[40].Concat(body).ToArray(), default, default, default);
        _ = Assert.Throws<CorruptDataException>(() => SlotObject.Read(default, default, source));
    }
}
