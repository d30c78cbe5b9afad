using Ebla.Compression;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Packs;

/// <summary>Turns drafts into sealed frames: compress, check, encrypt, sign. One thread at a time; reuses its contexts.</summary>
internal sealed class FrameSealer(UnlockedKeys keys, int compressionLevel) : IDisposable
{
    // Compressed data that saves less than this part is stored raw: reading it back is then a copy.
    private const int SavingsDivisor = 32;

    private readonly ZstdCompressor _compressor = new(compressionLevel);
    private readonly ZstdDecompressor _decompressor = new();

    /// <summary>Seals a draft; one that is laid out is only encrypted and signed.</summary>
    /// <param name="draft">Stays the caller's.</param>
    /// <param name="place">What encrypts it: from a <see cref="SealingSource"/>.</param>
    public SealedFrame Seal(FrameDraft draft, (Sealing Sealing, uint Number) place)
    {
        if (draft.IsLaidOut)
        {
            return Encrypt(draft, place, draft.Content);
        }
        int payloadOffset = FramePlaintext.PayloadOffset(draft.Blobs.Count);
        using RentedBuffer plaintext = new(FramePlaintext.TotalSize(draft.Blobs.Count, draft.SizeInBytes));
        int payloadSize = 0;
        if (CompressibilityProbe.LooksCompressible(draft.Content))
        {
            // 0 if the result does not fit, and then raw is better.
            payloadSize = _compressor.Compress(
                draft.Content, plaintext.Span.Slice(payloadOffset, draft.SizeInBytes - draft.SizeInBytes / SavingsDivisor));
        }
        bool isCompressed = payloadSize > 0;
        if (!isCompressed)
        {
            payloadSize = draft.SizeInBytes;
            draft.Content.CopyTo(plaintext.Span[payloadOffset..]);
        }
        Verify(draft, plaintext.Span.Slice(payloadOffset, payloadSize), isCompressed);
        Span<byte> whole = plaintext.Span[..FramePlaintext.TotalSize(draft.Blobs.Count, payloadSize)];
        FramePlaintext.WriteAround(whole, draft.Blobs, isCompressed, payloadSize);
        return Encrypt(draft, place, whole);
    }

    private SealedFrame Encrypt(FrameDraft draft, (Sealing Sealing, uint Number) place, ReadOnlySpan<byte> plaintext)
    {
        byte[] core = FrameRecord.EncodeCore(draft.Kind, place.Number, place.Sealing.Id, keys.Member.Id, draft.Blobs);
        RentedBuffer ciphertext = new(plaintext.Length + Sealing.OverheadInBytes);
        place.Sealing.EncryptFrame(place.Number, (byte)draft.Kind, Blake3.Hash(core), plaintext, ciphertext.Span);
        byte[] record = FrameRecord.Encode(
            core, ciphertext.Length, Blake3.Hash(ciphertext.Span), body => keys.Member.Sign(FrameRecord.SignatureKind, body));
        return new SealedFrame(FrameRecord.Read(record), place.Sealing.Entry, ciphertext, draft.Blobs.Sum(blob => blob.SizeInBytes));
    }

    // What goes in must come out: memory errors and compressor bugs are found before anything is stored, not at the restore.
    private void Verify(FrameDraft draft, ReadOnlySpan<byte> payload, bool isCompressed)
    {
        using RentedBuffer? unpacked = isCompressed ? new RentedBuffer(draft.SizeInBytes) : null;
        if (unpacked is not null)
        {
            _decompressor.Decompress(payload, unpacked.Span);
        }
        ReadOnlySpan<byte> content = unpacked is null ? payload : unpacked.Span;
        ReadOnlySpan<byte> key = FrameOpener.IdKeyOf(keys, draft.Kind);
        int start = 0;
        foreach (FrameBlob blob in draft.Blobs)
        {
            if (Blake3.HashKeyed(key, content.Slice(start, blob.SizeInBytes)) != blob.Id.Value)
            {
                throw new CorruptDataException(
                    "Data changed in memory between reading and storing it. Nothing of it was stored. Test this machine's memory.");
            }
            start += blob.SizeInBytes;
        }
    }

    public void Dispose()
    {
        _compressor.Dispose();
        _decompressor.Dispose();
    }
}
