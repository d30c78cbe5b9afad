using Ebla.Encryption;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Packs;

public sealed class FrameSealerTests
{
    [Theory]
    [InlineData(CipherSuite.AesGcm, FrameKind.File)]
    [InlineData(CipherSuite.AesGcm, FrameKind.Tree)]
    [InlineData(CipherSuite.ChaCha20Poly1305, FrameKind.File)]
    [InlineData(CipherSuite.ChaCha20Poly1305, FrameKind.Tree)]
    public void What_is_sealed_opens(CipherSuite suite, FrameKind kind)
    {
        using UnlockedKeys keys = PackFixture.NewKeys(suite);
        byte[][] blobs = [PackFixture.Text(1, 30_000), [7], PackFixture.Noise(1, 5000), PackFixture.Text(2, 4096)];
        using SealedFrame frame = PackFixture.Seal(keys, kind, blobs);
        using FrameOpener opener = new(keys);

        using FrameContent content = opener.Open(SealOf(frame), frame.Ciphertext.Span);

        Assert.Equal(39_097, frame.BlobsSizeInBytes);
        Assert.Equal(kind, content.Kind);
        Assert.Equal(blobs.Length, content.BlobCount);
        for (int place = 0; place < blobs.Length; place++)
        {
            Assert.Equal(blobs[place], content.GetBlob(place).ToArray());
            Assert.Equal(FrameOpener.IdOf(keys, kind, blobs[place]), frame.Record.GetBlobId(place));
        }
        Assert.Equal(keys.Member.Id, frame.Record.Writer);
        Assert.True(keys.Verify(
            frame.Record.Writer, FrameRecord.SignatureKind, frame.Record.SignedBytes, frame.Record.Signature));
    }

    [Fact]
    public void Text_is_compressed_and_noise_is_stored_raw()
    {
        using SealedFrame text = PackFixture.Seal(PackFixture.Keys, FrameKind.File, PackFixture.Text(1, 100_000));
        using SealedFrame noise = PackFixture.Seal(PackFixture.Keys, FrameKind.File, PackFixture.Noise(1, 100_000));

        Assert.InRange(text.Ciphertext.Length, 1, 50_000);
        Assert.Equal(FramePlaintext.TotalSize(1, 100_000) + Sealing.OverheadInBytes, noise.Ciphertext.Length);
        Assert.Equal(0, PlaintextOf(noise)[0]);
        Assert.Equal(1, PlaintextOf(text)[0]);
    }

    [Fact]
    public void The_largest_blob_and_the_fullest_frame_are_read_back()
    {
        byte[] largest = PackFixture.Noise(5, FramePlaintext.BlobSizeInBytesMax);
        byte[][] tiny = [.. Enumerable.Range(0, FrameRecord.BlobsMax).Select(i => new byte[] { (byte)(i & 255), (byte)(i >> 8) })];
        using FrameOpener opener = new(PackFixture.Keys);
        using SealedFrame one = PackFixture.Seal(PackFixture.Keys, FrameKind.File, largest);
        using SealedFrame many = PackFixture.Seal(PackFixture.Keys, FrameKind.File, tiny);

        using FrameContent content = opener.Open(SealOf(one), one.Ciphertext.Span);
        using FrameContent contents = opener.Open(SealOf(many), many.Ciphertext.Span);

        Assert.True(content.GetBlob(0).Span.SequenceEqual(largest));
        Assert.Equal(FrameRecord.BlobsMax, contents.BlobCount);
        Assert.Equal(tiny[4095], contents.GetBlob(4095).ToArray());
    }

    [Fact]
    public void A_draft_never_grows_past_what_a_reader_allows()
    {
        byte[] half = new byte[FramePlaintext.BlobsSizeInBytesMax / 2];
        using FrameDraft draft = new(FrameKind.File, int.MaxValue);
        Assert.True(draft.TryAdd(default, half, []));
        Assert.True(draft.TryAdd(default, half, []));
        Assert.False(draft.TryAdd(default, [1], []));
        using FrameDraft counted = new(FrameKind.File, int.MaxValue);
        for (int i = 0; i < FrameRecord.BlobsMax; i++)
        {
            Assert.True(counted.TryAdd(default, [1], []));
        }
        Assert.False(counted.TryAdd(default, [1], []));
    }

    [Fact]
    public void Every_flipped_byte_of_the_ciphertext_is_refused()
    {
        using SealedFrame frame = PackFixture.Seal(PackFixture.Keys, FrameKind.File, PackFixture.Text(1, 300), [1, 2, 3]);
        using FrameOpener opener = new(PackFixture.Keys);
        byte[] good = frame.Ciphertext.ToArray();
        FrameSeal seal = SealOf(frame);
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= 4;
            _ = Assert.Throws<CorruptDataException>(() => opener.Open(seal, bad));
            // The same with a catalog that lies along: the encryption itself must notice.
            _ = Assert.Throws<CorruptDataException>(() => opener.Open(seal with { CiphertextHash = Blake3.Hash(bad) }, bad));
        }
        for (int length = 0; length < good.Length; length += 7)
        {
            byte[] part = good[..length];
            _ = Assert.Throws<CorruptDataException>(() => opener.Open(seal with { CiphertextHash = Blake3.Hash(part) }, part));
        }
        opener.Open(seal, good).Dispose();
    }

    [Fact]
    public void A_frame_does_not_open_with_another_record()
    {
        using SealingSource sealings = new(PackFixture.Keys.Ring);
        using FrameSealer sealer = new(PackFixture.Keys, 3);
        using FrameDraft firstDraft = PackFixture.Draft(PackFixture.Keys, FrameKind.File, PackFixture.Text(1, 300));
        using FrameDraft secondDraft = PackFixture.Draft(PackFixture.Keys, FrameKind.File, PackFixture.Text(2, 300));
        using SealedFrame first = sealer.Seal(firstDraft, sealings.Next());
        using SealedFrame second = sealer.Seal(secondDraft, sealings.Next());
        using FrameOpener opener = new(PackFixture.Keys);
        FrameSeal seal = SealOf(first);
        byte[] ciphertext = first.Ciphertext.ToArray();
        Assert.NotEqual(first.Record.Number, second.Record.Number);

        foreach (FrameSeal wrong in (FrameSeal[])[
            seal with { CoreHash = second.Record.CoreHash }, seal with { Number = second.Record.Number },
            seal with { Kind = FrameKind.Tree }, seal with { BlobCount = 2 }])
        {
            _ = Assert.Throws<CorruptDataException>(() => opener.Open(wrong, ciphertext));
        }
        opener.Open(seal, ciphertext).Dispose();
    }

    [Fact]
    public void A_sealing_that_does_not_open_leaves_the_opener_in_order()
    {
        using SealedFrame frame = PackFixture.Seal(PackFixture.Keys, FrameKind.File, PackFixture.Text(1, 300));
        using FrameOpener opener = new(PackFixture.Keys);
        FrameSeal seal = SealOf(frame);
        byte[] entry = seal.SealingEntry.ToArray();
        entry[^1] ^= 1;
        opener.Open(seal, frame.Ciphertext.Span).Dispose();
        _ = Assert.Throws<CorruptDataException>(
            () => opener.Open(seal with { SealingEntry = entry }, frame.Ciphertext.Span));
        opener.Open(seal, frame.Ciphertext.Span).Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Content_that_changed_in_memory_is_not_sealed(bool isCompressible)
    {
        byte[] blob = isCompressible ? PackFixture.Text(1, 9000) : PackFixture.Noise(1, 9000);
        BlobId id = FrameOpener.IdOf(PackFixture.Keys, FrameKind.File, blob);
        blob[4321] ^= 1;
        using FrameDraft draft = new(FrameKind.File, 1 << 20);
        Assert.True(draft.TryAdd(id, blob, []));
        using SealingSource sealings = new(PackFixture.Keys.Ring);
        using FrameSealer sealer = new(PackFixture.Keys, 3);
        _ = Assert.Throws<CorruptDataException>(() => sealer.Seal(draft, sealings.Next()));
    }

    [Fact]
    public void No_number_of_a_sealing_is_used_twice_and_sealings_change()
    {
        using SealingSource sealings = new(PackFixture.Keys.Ring);
        HashSet<(Hash256, uint)> used = [];
        HashSet<Hash256> ids = [];
        for (int i = 0; i < 20 * SealingSource.FramesPerSealing; i++)
        {
            (Sealing sealing, uint number) = sealings.Next();
            Assert.True(used.Add((sealing.Id, number)));
            ids.Add(sealing.Id);
            Assert.True(number < SealingSource.FramesPerSealing);
        }
        Assert.Equal(20, ids.Count);
    }

    private static FrameSeal SealOf(SealedFrame frame) => FrameSeal.Of(frame.Record, frame.SealingEntry);

    private static byte[] PlaintextOf(SealedFrame frame)
    {
        using Sealing sealing = PackFixture.Keys.Ring.OpenSealing(frame.SealingEntry.Span);
        byte[] plaintext = new byte[frame.Ciphertext.Length - Sealing.OverheadInBytes];
        sealing.DecryptFrame(
            frame.Record.Number, (byte)frame.Record.Kind, frame.Record.CoreHash, frame.Ciphertext.Span, plaintext);
        return plaintext;
    }
}
