using Ebla.Compression;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Packs;

/// <summary>Opens frames: checks the ciphertext's hash, decrypts, decompresses. One thread at a time.</summary>
internal sealed class FrameOpener(UnlockedKeys keys) : IDisposable
{
    private readonly ZstdDecompressor _decompressor = new();
    private Sealing? _sealing;

    /// <summary>The key of blob ids of a kind of frame.</summary>
    public static ReadOnlySpan<byte> IdKeyOf(UnlockedKeys keys, FrameKind kind)
        => kind == FrameKind.Tree ? keys.Ring.TreeIdKey : keys.Ring.FileIdKey;

    /// <summary>The id that content has.</summary>
    public static BlobId IdOf(UnlockedKeys keys, FrameKind kind, ReadOnlySpan<byte> content)
        => new(Blake3.HashKeyed(IdKeyOf(keys, kind), content));

    /// <summary>
    /// The blobs of a frame. Authentic and as long as written; that each is what its id says is for the caller to check, with
    /// <see cref="IdOf"/>.
    /// </summary>
    /// <param name="frame">What the catalog says of the frame.</param>
    /// <param name="ciphertext">The stored bytes.</param>
    /// <exception cref="CorruptDataException">Anything is wrong.</exception>
    public FrameContent Open(FrameSeal frame, ReadOnlySpan<byte> ciphertext)
    {
        using RentedBuffer plaintext = Decrypt(frame, ciphertext);
        return Read(frame, plaintext.Span);
    }

    /// <summary>The blobs of a frame that is decrypted.</summary>
    public FrameContent Read(FrameSeal frame, ReadOnlySpan<byte> plaintext)
        => FramePlaintext.Read(plaintext, frame.Kind, frame.BlobCount, _decompressor);

    /// <summary>The lengths of the blobs of a frame that is decrypted, which is checked as far as it can be without decompressing it.</summary>
    public int[] ReadLengths(FrameSeal frame, ReadOnlySpan<byte> plaintext)
        => FramePlaintext.ReadLengths(plaintext, frame.BlobCount, _decompressor);

    /// <summary>The plaintext of a frame, its blobs still compressed. Authentic. The caller disposes.</summary>
    /// <exception cref="CorruptDataException">Anything is wrong.</exception>
    public RentedBuffer Decrypt(FrameSeal frame, ReadOnlySpan<byte> ciphertext)
    {
        if (Blake3.Hash(ciphertext) != frame.CiphertextHash)
        {
            throw new CorruptDataException("the stored bytes do not have the hash that the directory gives.");
        }
        if (ciphertext.Length < Sealing.OverheadInBytes)
        {
            throw new CorruptDataException($"the frame is cut short: {ciphertext.Length} bytes.");
        }
        RentedBuffer plaintext = new(ciphertext.Length - Sealing.OverheadInBytes);
        try
        {
            Unseal(frame.SealingEntry).DecryptFrame(frame.Number, (byte)frame.Kind, frame.CoreHash, ciphertext, plaintext.Span);
            return plaintext;
        }
        catch
        {
            plaintext.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _sealing?.Dispose();
        _decompressor.Dispose();
    }

    // Neighbouring frames share a sealing, and opening one costs more than a small frame.
    private Sealing Unseal(ReadOnlyMemory<byte> entry)
    {
        if (_sealing is null || !_sealing.Entry.Span.SequenceEqual(entry.Span))
        {
            _sealing?.Dispose();
            _sealing = null; // Opening the next may fail.
            _sealing = keys.Ring.OpenSealing(entry.Span);
        }
        return _sealing;
    }
}
