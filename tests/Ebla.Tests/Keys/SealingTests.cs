using Ebla.Encryption;
using Ebla.Keys;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Keys;

public sealed class SealingTests
{
    private static readonly Hash256 Record = new(1, 2, 3, 4);

    [Theory]
    [InlineData(CipherSuite.AesGcm)]
    [InlineData(CipherSuite.ChaCha20Poly1305)]
    public void A_frame_sealed_by_one_opens_for_another_who_has_the_ring(CipherSuite suite)
    {
        using UnlockedKeys keys = KeyFixture.Create(KeyFixture.KeyFileCredential, suite: suite).Keys;
        using Sealing writer = keys.Ring.NewSealing();
        using Sealing reader = keys.Ring.OpenSealing(writer.Entry.Span);
        Assert.Equal(writer.Id, reader.Id);
        Assert.Equal(writer.Id, SealingEntry.Read(writer.Entry.Span).Id);
        Assert.Equal(keys.Ring.Id, SealingEntry.Read(writer.Entry.Span).Ring);
        Assert.True(writer.Entry.Length <= SealingEntry.SizeInBytesMax);
        byte[] plaintext = new byte[1000];
        plaintext.AsSpan().Fill(3);
        byte[] first = new byte[plaintext.Length + Sealing.OverheadInBytes];
        byte[] second = new byte[first.Length];
        byte[] opened = new byte[plaintext.Length];
        writer.EncryptFrame(0, 1, Record, plaintext, first);
        writer.EncryptFrame(uint.MaxValue, 1, Record, plaintext, second);
        Assert.NotEqual(first[..32], second[..32]);
        reader.DecryptFrame(0, 1, Record, first, opened);
        Assert.Equal(plaintext, opened);
        reader.DecryptFrame(uint.MaxValue, 1, Record, second, opened);
        Assert.Equal(plaintext, opened);
    }

    [Fact]
    public void A_frame_is_bound_to_its_number_kind_record_and_sealing()
    {
        using UnlockedKeys keys = KeyFixture.Create(KeyFixture.KeyFileCredential).Keys;
        using Sealing sealing = keys.Ring.NewSealing();
        using Sealing other = keys.Ring.NewSealing();
        Assert.NotEqual(sealing.Id, other.Id);
        byte[] frame = new byte[5 + Sealing.OverheadInBytes];
        byte[] opened = new byte[5];
        sealing.EncryptFrame(4, 1, Record, "hello"u8, frame);
        _ = Assert.Throws<CorruptDataException>(() => sealing.DecryptFrame(5, 1, Record, frame, opened));
        _ = Assert.Throws<CorruptDataException>(() => sealing.DecryptFrame(4, 2, Record, frame, opened));
        _ = Assert.Throws<CorruptDataException>(() => sealing.DecryptFrame(4, 1, new(1, 2, 3, 5), frame, opened));
        _ = Assert.Throws<CorruptDataException>(() => other.DecryptFrame(4, 1, Record, frame, opened));
        for (int i = 0; i < frame.Length; i++)
        {
            byte[] changed = KeyFixture.Flipped(frame, i);
            _ = Assert.Throws<CorruptDataException>(() => sealing.DecryptFrame(4, 1, Record, changed, opened));
        }
        sealing.DecryptFrame(4, 1, Record, frame, opened);
        Assert.Equal("hello"u8, opened);
    }

    [Fact]
    public void Every_flipped_byte_and_every_other_length_of_an_entry_gives_a_typed_error()
    {
        using UnlockedKeys keys = KeyFixture.Create(KeyFixture.KeyFileCredential).Keys;
        using Sealing sealing = keys.Ring.NewSealing();
        byte[] entry = sealing.Entry.ToArray();
        for (int i = 0; i < entry.Length; i++)
        {
            byte[] changed = KeyFixture.Flipped(entry, i);
            _ = Assert.ThrowsAny<EblaException>(() => keys.Ring.OpenSealing(changed));
            byte[] part = entry[..i];
            _ = Assert.Throws<CorruptDataException>(() => keys.Ring.OpenSealing(part));
        }
        byte[] longer = [.. entry, 0];
        _ = Assert.Throws<CorruptDataException>(() => keys.Ring.OpenSealing(longer));
    }

    [Fact]
    public void A_recipient_of_an_unknown_KEM_is_passed_over()
    {
        using UnlockedKeys keys = KeyFixture.Create(KeyFixture.KeyFileCredential).Keys;
        using Sealing sealing = keys.Ring.NewSealing();
        byte[] entry = sealing.Entry.ToArray();
        entry[17] = 2;
        byte[] both = [.. entry[..52], 9, 0, 3, 0, 1, 2, 3, .. entry[52..]];
        using Sealing opened = keys.Ring.OpenSealing(both);
        Assert.Equal(sealing.Id, opened.Id);
        byte[] alone = [.. sealing.Entry[..52].Span, 9, 0, 3, 0, 1, 2, 3];
        _ = Assert.Throws<WrongKeyException>(() => keys.Ring.OpenSealing(alone));
    }

    [Fact]
    public void A_sealing_whose_key_does_not_match_its_id_is_refused()
    {
        // Goal: the AEAD of the wrapped key holds, the commitment does not. Method: wrap by hand, as docs/format.md
        // says.
        using UnlockedKeys keys = KeyFixture.Create(KeyFixture.KeyFileCredential).Keys;
        RingKeys ring = keys.Ring;
        using Sealing claimed = ring.NewSealing();
        byte[] ephemeral = [.. Enumerable.Repeat((byte)5, 32)];
        byte[] ephemeralPublicKey = X25519.PublicKeyOf(ephemeral);
        byte[] sharedSecret = new byte[32];
        Assert.True(X25519.TryAgree(ephemeral, ring.ContentKeys[0].PublicKey, sharedSecret));
        byte[] salt = new byte[32];
        Hkdf.Derive(ring.IdKey, ring.Repository.ToArray(), [.. "ebla/1 psk"u8, .. ring.Id.ToArray()], salt);
        byte[] wrapKey = new byte[32];
        byte[] info =
        [
            .. "ebla/1 wrap"u8,
            .. ring.Repository.ToArray(),
            .. ring.Id.ToArray(),
            1,
            1,
            .. ephemeralPublicKey,
            .. ring.ContentKeys[0].PublicKey,
        ];
        Hkdf.Derive(sharedSecret, salt, info, wrapKey);
        byte[] key = [.. Enumerable.Repeat((byte)6, 32)];
        using Sealing honest = new(ring.Repository, ring.Id, ring.Suite, key);
        foreach (Hash256 id in (Hash256[])[honest.Id, claimed.Id])
        {
            byte[] wrapped = new byte[48];
            Aead.Encrypt(ring.Suite, wrapKey, id.ToArray(), key, wrapped);
            byte[] entry = SealingEntry.Compose(ring.Id, ring.Suite, id, new(1, ephemeralPublicKey, wrapped));
            if (id == honest.Id)
            {
                ring.OpenSealing(entry).Dispose();
            }
            else
            {
                _ = Assert.Throws<CorruptDataException>(() => ring.OpenSealing(entry));
            }
        }
    }

    [Fact]
    public void A_sealing_of_another_repository_is_refused()
    {
        using UnlockedKeys keys = KeyFixture.Create(KeyFixture.KeyFileCredential).Keys;
        using UnlockedKeys others = KeyFixture.Create(KeyFixture.KeyFileCredential, "other").Keys;
        using Sealing foreign = others.Ring.NewSealing();
        _ = Assert.Throws<CorruptDataException>(() => keys.Ring.OpenSealing(foreign.Entry.Span));
    }

    [Fact]
    public void Many_threads_share_a_sealing()
    {
        using UnlockedKeys keys = KeyFixture.Create(KeyFixture.KeyFileCredential).Keys;
        using Sealing sealing = keys.Ring.NewSealing();
        _ = Parallel.For(0, 500, number =>
        {
            byte[] plaintext = new byte[100];
            plaintext[0] = (byte)(number & 0xff);
            byte[] frame = new byte[plaintext.Length + Sealing.OverheadInBytes];
            byte[] opened = new byte[plaintext.Length];
            sealing.EncryptFrame((uint)number, 1, Record, plaintext, frame);
            sealing.DecryptFrame((uint)number, 1, Record, frame, opened);
            Assert.Equal(plaintext, opened);
        });
    }

    [Fact]
    public void A_disposed_sealing_encrypts_nothing()
    {
        using UnlockedKeys keys = KeyFixture.Create(KeyFixture.KeyFileCredential).Keys;
        Sealing sealing = keys.Ring.NewSealing();
        sealing.Dispose();
        _ = Assert.Throws<ObjectDisposedException>(() => sealing.EncryptFrame(0, 1, Record, [], new byte[16]));
    }
}
