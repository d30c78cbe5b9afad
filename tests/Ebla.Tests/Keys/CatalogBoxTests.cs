using Ebla.Encryption;
using Ebla.Keys;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Keys;

public sealed class CatalogBoxTests
{
    private static readonly byte[] Header = [1, 2, 3];

    [Theory]
    [InlineData(CipherSuite.AesGcm)]
    [InlineData(CipherSuite.ChaCha20Poly1305)]
    public void What_is_sealed_opens_and_only_its_Padme_length_shows(CipherSuite suite)
    {
        using UnlockedKeys keys = KeyFixture.Create(KeyFixture.KeyFileCredential, suite: suite).Keys;
        foreach (int length in (int[])[0, 1, 4091, 4092, 4093, 5000, 100_000])
        {
            byte[] plaintext = new byte[length];
            plaintext.AsSpan().Fill(9);
            byte[] box = keys.Ring.SealBox(ObjectKind.Index, Header, plaintext);
            Assert.Equal(80 + Padme.Round(Math.Max(4096, length + 4)), box.Length);
            Assert.Equal(RingKeys.BoxSizeOf(length), box.Length);
            Assert.Equal(plaintext, keys.Ring.OpenBox(ObjectKind.Index, Header, box, length));
        }
    }

    [Fact]
    public void Equal_plaintexts_give_different_boxes()
    {
        using UnlockedKeys keys = KeyFixture.Create(KeyFixture.KeyFileCredential).Keys;
        byte[] first = keys.Ring.SealBox(ObjectKind.Index, Header, [1]);
        byte[] second = keys.Ring.SealBox(ObjectKind.Index, Header, [1]);
        Assert.NotEqual(first[..32], second[..32]);
        Assert.NotEqual(first[32..64], second[32..64]);
        Assert.NotEqual(first[64..96], second[64..96]);
    }

    [Fact]
    public void Every_flipped_byte_and_every_other_length_is_refused()
    {
        using UnlockedKeys keys = KeyFixture.Create(KeyFixture.KeyFileCredential).Keys;
        byte[] box = keys.Ring.SealBox(ObjectKind.Index, Header, "hello"u8);
        for (int i = 0; i < box.Length; i++)
        {
            byte[] changed = KeyFixture.Flipped(box, i);
            _ = Assert.Throws<CorruptDataException>(() => keys.Ring.OpenBox(ObjectKind.Index, Header, changed, 4092));
        }
        foreach (int length in (int[])[0, 1, 63, 64, 79, 80, box.Length - 1])
        {
            byte[] part = box[..length];
            _ = Assert.Throws<CorruptDataException>(() => keys.Ring.OpenBox(ObjectKind.Index, Header, part, 4092));
        }
        byte[] longer = [.. box, 0];
        _ = Assert.Throws<CorruptDataException>(() => keys.Ring.OpenBox(ObjectKind.Index, Header, longer, 1 << 20));
    }

    [Fact]
    public void A_box_opens_only_in_its_place()
    {
        using UnlockedKeys keys = KeyFixture.Create(KeyFixture.KeyFileCredential).Keys;
        using UnlockedKeys others = KeyFixture.Create(KeyFixture.KeyFileCredential, "other").Keys;
        byte[] box = keys.Ring.SealBox(ObjectKind.Index, Header, "hello"u8);
        _ = Assert.Throws<CorruptDataException>(() => keys.Ring.OpenBox(ObjectKind.Pack, Header, box, 4092));
        _ = Assert.Throws<CorruptDataException>(() => keys.Ring.OpenBox(ObjectKind.Index, [1, 2], box, 4092));
        _ = Assert.Throws<CorruptDataException>(() => others.Ring.OpenBox(ObjectKind.Index, Header, box, 4092));
    }

    [Fact]
    public void A_plaintext_above_the_limit_is_refused()
    {
        using UnlockedKeys keys = KeyFixture.Create(KeyFixture.KeyFileCredential).Keys;
        byte[] small = keys.Ring.SealBox(ObjectKind.Index, Header, new byte[11]);
        byte[] large = keys.Ring.SealBox(ObjectKind.Index, Header, new byte[100_000]);
        _ = Assert.Throws<CorruptDataException>(() => keys.Ring.OpenBox(ObjectKind.Index, Header, small, 10));
        _ = Assert.Throws<CorruptDataException>(() => keys.Ring.OpenBox(ObjectKind.Index, Header, large, 4092));
    }

    [Theory]
    [InlineData(4093, 0, 0)]
    [InlineData(uint.MaxValue, 0, 0)]
    [InlineData(3, 7, 1)]
    [InlineData(3, 4095, 1)]
    public void Wrong_padding_is_refused_even_if_it_was_sealed_so(uint length, int index, byte value)
    {
        byte[] padded = new byte[4096];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(padded, length);
        padded[index] |= value;
        _ = Assert.Throws<CorruptDataException>(() => Padding.Read(padded, 4096));
    }

    [Fact]
    public void A_longer_padding_than_the_writer_would_choose_is_refused()
        => Assert.Throws<CorruptDataException>(() => Padding.Read(new byte[8192], 4096));
}
