using Ebla.Primitives;

namespace Ebla.Packs;

/// <summary>A frame ready to be written, with its record. Owns the ciphertext.</summary>
internal sealed class SealedFrame(
    FrameRecord record, ReadOnlyMemory<byte> sealingEntry, RentedBuffer ciphertext, int blobsSizeInBytes) : IDisposable
{
    public FrameRecord Record => record;

    /// <summary>The stored form of the sealing that the frame's key comes from.</summary>
    public ReadOnlyMemory<byte> SealingEntry => sealingEntry;

    public ReadOnlyMemory<byte> Ciphertext => ciphertext.Memory;

    /// <summary>Plaintext bytes of its blobs.</summary>
    public int BlobsSizeInBytes => blobsSizeInBytes;

    public void Dispose() => ciphertext.Dispose();
}
