using Ebla.Encryption;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Notes;
using Ebla.Primitives;
using Ebla.Tests.Packs;
using Xunit;

namespace Ebla.Tests.Notes;

public sealed class NoteCodecTests
{
    private static UnlockedKeys Keys => PackFixture.Keys;

    internal static Note[] All() =>
    [
        new(NoteType.Forgotten, 1)
        {
            Forgotten = [new(Id(1), Member(2), 3), new(Id(4), Member(2), ulong.MaxValue)],
            Remaining = [new(Member(2), 7)],
        },
        new(NoteType.Pinned, 24) { Pinned = [Id(5), Id(6), Id(7)] },
        new(NoteType.Withdrawn, ulong.MaxValue) { Withdrawn = [new(Id(8), Id(9))] },
        new(NoteType.Policy, 1) { Policy = PackFixture.Noise(1, 300) },
        new(NoteType.Removed, 2) { Removed = [Id(10)] },
    ];

    [Fact]
    public void Notes_read_back_as_written()
    {
        foreach (Note note in All())
        {
            (ObjectName name, byte[] content) = NoteCodec.Seal(Keys, note);
            Note read = NoteCodec.Open(Keys, content, out MemberId signer);
            Assert.Equal(new ObjectName(ObjectKind.Note, new ObjectId(Blake3.Hash(content))), name);
            Assert.Equal(Keys.Member.Id, signer);
            Assert.Equal((note.Type, note.Number), (read.Type, read.Number));
            Assert.Equal(note.Forgotten.OrderBy(one => one.Snapshot), read.Forgotten);
            Assert.Equal(note.Remaining, read.Remaining);
            Assert.Equal(note.Pinned.Order(), read.Pinned);
            Assert.Equal(note.Withdrawn, read.Withdrawn);
            Assert.Equal(note.Removed, read.Removed);
            Assert.Equal(note.Policy.ToArray(), read.Policy.ToArray());
        }
    }

    [Fact]
    public void Two_notes_of_the_same_content_have_different_names()
        => Assert.NotEqual(NoteCodec.Seal(Keys, All()[0]).Name, NoteCodec.Seal(Keys, All()[0]).Name);

    [Fact]
    public void Every_flipped_byte_and_every_truncation_is_refused()
    {
        (_, byte[] content) = NoteCodec.Seal(Keys, All()[0]);
        for (int i = 0; i < content.Length; i++)
        {
            byte[] bad = [.. content];
            bad[i] ^= (byte)(1 << (i % 8));
            Exception exception = Assert.ThrowsAny<EblaException>(() => NoteCodec.Open(Keys, bad, out _));
            Assert.True(exception is CorruptDataException or UnsupportedFormatException, $"byte {i}: {exception}");
            _ = Assert.Throws<CorruptDataException>(() => NoteCodec.Open(Keys, content.AsSpan(0, i), out _));
        }
    }

    [Fact]
    public void A_note_of_another_repository_is_refused()
    {
        using UnlockedKeys foreign = PackFixture.NewKeys(CipherSuite.AesGcm, "foreign");
        _ = Assert.Throws<CorruptDataException>(() => NoteCodec.Open(Keys, NoteCodec.Seal(foreign, All()[0]).Content, out _));
    }

    [Theory]
    [InlineData("a3010002010380")] // type 0
    [InlineData("a3010602010380")] // a type of a later version
    [InlineData("a3010202011000")] // an unknown field below 64
    public void What_a_later_version_may_have_written_is_refused_as_such(string body)
        => _ = Assert.Throws<UnsupportedFormatException>(() => Open(body));

    [Fact]
    public void An_unknown_field_from_64_on_is_ignored()
    {
        string id = Convert.ToHexStringLower(PackFixture.Noise(1, 32));
        Assert.Equal(NoteType.Pinned, Open($"a40102020105815820{id}184001").Type);
    }

    [Theory]
    [InlineData("a301010201" + "0380")] // forgets nothing, and counts nothing
    [InlineData("a3010202010580")] // pins nothing
    [InlineData("a3010302010680")] // takes nothing back
    [InlineData("a3010502010880")] // removes nothing
    [InlineData("a3010402010740")] // an empty policy is a map of no rules, not no bytes
    [InlineData("a201020201")] // no list
    [InlineData("a20102058140")] // no number
    [InlineData("a3010202010581" + "4100")] // a name of one byte
    [InlineData("a301040201058158200000000000000000000000000000000000000000000000000000000000000000")] // a list of another type
    [InlineData("a3010302010681815820" + "0000000000000000000000000000000000000000000000000000000000000000")] // a pair of one
    [InlineData("bf0102020105" + "80ff")]
    [InlineData("a301020201059b7fffffffffffffff")]
    public void A_note_of_another_shape_is_refused(string body) => _ = Assert.Throws<CorruptDataException>(() => Open(body));

    private static Note Open(string body) => NoteCodec.Open(
        Keys, SignedObject.Seal(Keys, ObjectKind.Note, NoteCodec.SignatureKind, Convert.FromHexString(body)).Content, out _);

    private static ObjectId Id(int seed) => ObjectId.Read(PackFixture.Noise(seed, 32));

    private static MemberId Member(int seed) => MemberId.Read(PackFixture.Noise(seed, 16));
}
