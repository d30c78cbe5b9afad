using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>Reads the directories of packs from the packs themselves: about one percent of their bytes.</summary>
internal sealed class PackDirectoryReader(IBackend backend, UnlockedKeys keys)
{
    // One 64th: directories of packs with full frames are one percent; of tiny files more, which then cost a second round trip.
    private const int UsualShare = 64;

    /// <summary>The pack's directory; null if the pack is missing.</summary>
    /// <exception cref="CorruptDataException">The pack has no sound directory. Nothing is said of the frames' bytes.</exception>
    public async ValueTask<IndexedPack?> TryReadAsync(ObjectId pack, long sizeInBytes, CancellationToken cancellationToken)
    {
        ObjectName name = new(ObjectKind.Pack, pack);
        if (sizeInBytes < PackCodec.FramesOffset + PackCodec.TrailerSizeInBytes)
        {
            throw new CorruptDataException($"{name} is cut short: {sizeInBytes} bytes.");
        }
        // The end as long as directories usually are, so that it is one round trip.
        byte[] header = new byte[PackCodec.FramesOffset];
        byte[] end = new byte[Math.Clamp(sizeInBytes / UsualShare, PackCodec.TrailerSizeInBytes, sizeInBytes)];
        bool[] found = await Task.WhenAll(
            backend.GetAsync(name, 0, header, null, cancellationToken).AsTask(),
            backend.GetAsync(name, sizeInBytes - end.Length, end, null, cancellationToken).AsTask()).ConfigureAwait(false);
        if (!found[0] || !found[1])
        {
            return null;
        }
        try
        {
            _ = ObjectHeader.Check(keys, ObjectKind.Pack, header);
            int boxSizeInBytes = PackCodec.ReadTrailer(end.AsSpan(^PackCodec.TrailerSizeInBytes..), sizeInBytes);
            ReadOnlyMemory<byte> box;
            if (boxSizeInBytes <= end.Length - PackCodec.TrailerSizeInBytes)
            {
                box = end.AsMemory(end.Length - PackCodec.TrailerSizeInBytes - boxSizeInBytes, boxSizeInBytes);
            }
            else
            {
                byte[] read = new byte[boxSizeInBytes];
                long offset = sizeInBytes - PackCodec.TrailerSizeInBytes - boxSizeInBytes;
                if (!await backend.GetAsync(name, offset, read, null, cancellationToken).ConfigureAwait(false))
                {
                    return null;
                }
                box = read;
            }
            return new IndexedPack(pack, sizeInBytes, PackCodec.OpenDirectory(keys, header, box.Span, sizeInBytes));
        }
        catch (CorruptDataException exception)
        {
            throw new CorruptDataException($"{name}: {exception.Message}", exception);
        }
    }
}
