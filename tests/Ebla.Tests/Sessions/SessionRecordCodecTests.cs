using Ebla.Encryption;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Primitives;
using Ebla.Sessions;
using Ebla.Tests.Packs;
using Xunit;

namespace Ebla.Tests.Sessions;

public sealed class SessionRecordCodecTests
{
    private static readonly SessionId Session = SessionId.Read(PackFixture.Noise(5, 16));

    private static UnlockedKeys Keys => PackFixture.Keys;

    [Fact]
    public void Records_read_back_as_written()
    {
        foreach (SessionRecord record in All())
        {
            (ObjectName name, byte[] content) = SessionRecordCodec.Seal(Keys, record);
            SessionRecord read = SessionRecordCodec.Open(Keys, content);
            Assert.Equal(new ObjectName(ObjectKind.Session, new ObjectId(Blake3.Hash(content))), name);
            Assert.Equal(record.Snapshot.ToArray(), read.Snapshot.ToArray());
            Assert.Equal(record.Known, read.Known);
            Assert.Equal(record, read with { Snapshot = record.Snapshot, Known = record.Known });
        }
    }

    [Fact]
    public void Two_records_of_the_same_content_have_different_names()
        => Assert.NotEqual(SessionRecordCodec.Seal(Keys, All()[0]).Name, SessionRecordCodec.Seal(Keys, All()[0]).Name);

    [Fact]
    public void Every_flipped_byte_and_every_truncation_is_refused()
    {
        (_, byte[] content) = SessionRecordCodec.Seal(Keys, All()[3]);
        for (int i = 0; i < content.Length; i += i < 200 || i > content.Length - 50 ? 1 : 7)
        {
            byte[] bad = [.. content];
            bad[i] ^= (byte)(1 << (i % 8));
            Exception exception = Assert.ThrowsAny<EblaException>(() => SessionRecordCodec.Open(Keys, bad));
            Assert.True(exception is CorruptDataException or UnsupportedFormatException, $"byte {i}: {exception}");
            _ = Assert.Throws<CorruptDataException>(() => SessionRecordCodec.Open(Keys, content.AsSpan(0, i)));
        }
    }

    [Fact]
    public void A_record_of_another_repository_is_refused()
    {
        using UnlockedKeys foreign = PackFixture.NewKeys(CipherSuite.AesGcm, "foreign");
        (_, byte[] content) = SessionRecordCodec.Seal(
            foreign, new SessionRecord(SessionRecordType.Announcement, Session, foreign.Member.Id));
        _ = Assert.Throws<CorruptDataException>(() => SessionRecordCodec.Open(Keys, content));
    }

    [Fact]
    public void Only_a_fence_may_name_another_member_than_its_signer()
    {
        MemberId other = MemberId.Read(PackFixture.Noise(9, 16));
        (_, byte[] fence) = SessionRecordCodec.Seal(Keys, new SessionRecord(SessionRecordType.Fence, Session, other));
        Assert.Equal(other, SessionRecordCodec.Open(Keys, fence).Writer);
        (_, byte[] forged) = SessionRecordCodec.Seal(Keys, new SessionRecord(SessionRecordType.Ended, Session, other));
        _ = Assert.Throws<CorruptDataException>(() => SessionRecordCodec.Open(Keys, forged));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void A_type_that_is_not_known_is_refused_as_such(int type)
    {
        (_, byte[] content) = SessionRecordCodec.Seal(
            Keys, new SessionRecord((SessionRecordType)type, Session, Keys.Member.Id));
        _ = Assert.Throws<UnsupportedFormatException>(() => SessionRecordCodec.Open(Keys, content));
    }

    [Fact]
    public void Fields_that_do_not_belong_to_the_type_are_refused()
    {
        foreach (SessionRecord record in (SessionRecord[])[
            new(SessionRecordType.Announcement, Session, Keys.Member.Id, 1),
            new(SessionRecordType.Heartbeat, Session, Keys.Member.Id, 0),
            new(SessionRecordType.Intent, Session, Keys.Member.Id),
            new(SessionRecordType.Announcement, Session, Keys.Member.Id) { Known = [default] }])
        {
            (_, byte[] content) = SessionRecordCodec.Seal(Keys, record);
            _ = Assert.Throws<CorruptDataException>(() => SessionRecordCodec.Open(Keys, content));
        }
    }

    [Fact]
    public void A_heartbeat_names_at_most_4096_condemned_records()
    {
        SessionRecord full = All()[1] with { Known = [.. Enumerable.Range(0, 4096).Select(i => ObjectId.Read(PackFixture.Noise(i, 32)))] };
        Assert.Equal(full.Known, SessionRecordCodec.Open(Keys, SessionRecordCodec.Seal(Keys, full).Content).Known);
        _ = Assert.ThrowsAny<Exception>(() => SessionRecordCodec.Seal(Keys, full with { Known = [.. full.Known, default] }));
    }

    private static SessionRecord[] All() =>
    [
        new(SessionRecordType.Announcement, Session, Keys.Member.Id),
        new(SessionRecordType.Heartbeat, Session, Keys.Member.Id, ulong.MaxValue),
        new(SessionRecordType.Heartbeat, Session, Keys.Member.Id, 7) { Known = [ObjectId.Read(PackFixture.Noise(6, 32)), default] },
        new(SessionRecordType.Intent, Session, Keys.Member.Id, 0, PackFixture.Noise(1, 9000)),
        new(SessionRecordType.Fence, Session, Keys.Member.Id),
        new(SessionRecordType.Ended, Session, Keys.Member.Id),
    ];
}
