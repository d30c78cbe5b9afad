using System.Buffers.Binary;
using Ebla.Hashing;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Primitives;
using Ebla.Tests.Packs;
using Xunit;

namespace Ebla.Tests.Indexing;

public sealed class IndexSegmentCodecTests
{
    private static UnlockedKeys Keys => PackFixture.Keys;

    [Fact]
    public void A_segment_reads_back_as_written()
    {
        RunFixture fixture = RunFixture.Create(1, 7, RunFixture.RandomId);
        (ObjectName name, byte[] content) = IndexSegmentCodec.Seal(Keys, fixture.Packs);
        Assert.Equal(new ObjectName(ObjectKind.Index, new ObjectId(Blake3.Hash(content))), name);
        IReadOnlyList<IndexedPack> read = IndexSegmentCodec.Open(Keys, content);
        Assert.Equal(
            fixture.Packs.Select(pack => (pack.Id, pack.SizeInBytes, Convert.ToHexString(pack.Directory.Bytes.Span))),
            read.Select(pack => (pack.Id, pack.SizeInBytes, Convert.ToHexString(pack.Directory.Bytes.Span))));
    }

    [Fact]
    public void Every_damage_to_the_object_is_refused()
    {
        (_, byte[] content) = IndexSegmentCodec.Seal(Keys, RunFixture.Create(2, 1, RunFixture.RandomId).Packs);
        for (int i = 0; i < content.Length; i += i < 300 ? 1 : 31)
        {
            byte[] bad = [.. content];
            bad[i] ^= (byte)(1 << (i % 8));
            _ = Assert.ThrowsAny<EblaException>(() => IndexSegmentCodec.Open(Keys, bad));
            _ = Assert.Throws<CorruptDataException>(() => IndexSegmentCodec.Open(Keys, content.AsSpan(0, i)));
        }
    }

    [Fact]
    public void A_signed_body_of_another_shape_is_refused()
    {
        IndexedPack pack = RunFixture.Create(3, 1, RunFixture.RandomId).Packs[0];
        byte[] body = Body(pack);
        Assert.Single(Open(body));
        for (int length = 0; length < body.Length; length += length < 100 ? 1 : 53)
        {
            Refuse(body[..length]);
        }
        Refuse([.. body, 0]);
        foreach (uint count in (uint[])[0, 2, IndexSegmentCodec.PacksMax, 0x8000_0001, uint.MaxValue])
        {
            Refuse(With(body, 0, count));
        }
        foreach (uint size in (uint[])[0, 1, (uint)pack.Directory.Bytes.Length + 1, int.MaxValue, 0x8000_0000, uint.MaxValue])
        {
            Refuse(With(body, 4 + 32 + 8, size));
        }
        foreach (long size in (long[])[0, -1, long.MinValue, long.MaxValue, 1L << 32, pack.Directory.FramesSizeInBytes])
        {
            byte[] bad = [.. body];
            BinaryPrimitives.WriteInt64LittleEndian(bad.AsSpan(4 + 32), size);
            Refuse(bad);
        }
    }

    private static byte[] Body(IndexedPack pack)
    {
        byte[] body = new byte[4 + IndexSegmentCodec.SizeOf(pack.Directory.Bytes.Length)];
        body[0] = 1;
        pack.Id.Write(body.AsSpan(4));
        BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(36), pack.SizeInBytes);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(44), pack.Directory.Bytes.Length);
        pack.Directory.Bytes.Span.CopyTo(body.AsSpan(48));
        return body;
    }

    private static byte[] With(byte[] body, int offset, uint value)
    {
        byte[] changed = [.. body];
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(offset), value);
        return changed;
    }

    private static IReadOnlyList<IndexedPack> Open(byte[] body) => IndexSegmentCodec.Open(
        Keys, SignedObject.Seal(Keys, ObjectKind.Index, IndexSegmentCodec.SignatureKind, body).Content);

    private static void Refuse(byte[] body) => Assert.Throws<CorruptDataException>(() => Open(body));
}
