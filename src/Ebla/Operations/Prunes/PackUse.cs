using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Operations.Prunes;

/// <summary>How much of a pack is used.</summary>
/// <param name="Pack">Which.</param>
/// <param name="SizeInBytes">Of the object.</param>
/// <param name="Kind">Of what its frames hold.</param>
/// <param name="BlobsSizeInBytes">Rounded plaintext bytes of all its blobs.</param>
/// <param name="UsedSizeInBytes">Of those that are used, and for which this pack is the one that counts.</param>
/// <param name="WasReferred">Whether any snapshot refers to any of it, also one that is being removed.</param>
internal readonly record struct PackUse(
    ObjectId Pack, long SizeInBytes, FrameKind Kind, long BlobsSizeInBytes, long UsedSizeInBytes, bool WasReferred)
{
    /// <summary>Stored bytes that nothing uses: the pack's size by the share of its blobs.</summary>
    public long UnusedInBytes => SizeInBytes - UsedInBytes;

    /// <summary>Stored bytes that are used.</summary>
    public long UsedInBytes
        => BlobsSizeInBytes == 0 ? 0 : (long)((UInt128)SizeInBytes * (ulong)UsedSizeInBytes / (ulong)BlobsSizeInBytes);
}
