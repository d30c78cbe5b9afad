using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>Reads the directories of packs from the packs themselves: about one percent of their bytes.</summary>
internal sealed class PackDirectoryReader(IBackend backend, UnlockedKeys keys)
{
    /// <summary>The pack's directory; null if the pack is missing.</summary>
    /// <exception cref="CorruptDataException">The pack has no sound directory. Nothing is said of the frames' bytes.</exception>
    public async ValueTask<IndexedPack?> TryReadAsync(ObjectId pack, long sizeInBytes, CancellationToken cancellationToken)
    {
        ObjectName name = new(ObjectKind.Pack, pack);
        if (sizeInBytes < PackCodec.FramesOffset + PackCodec.TrailerSizeInBytes)
        {
            throw new CorruptDataException($"{name} is cut short: {sizeInBytes} bytes.");
        }
        byte[] header = new byte[PackCodec.FramesOffset];
        byte[] trailer = new byte[PackCodec.TrailerSizeInBytes];
        if (!await backend.GetAsync(name, 0, header, null, cancellationToken).ConfigureAwait(false)
            || !await backend.GetAsync(name, sizeInBytes - trailer.Length, trailer, null, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }
        try
        {
            _ = ObjectHeader.Check(keys, ObjectKind.Pack, header);
            byte[] box = new byte[PackCodec.ReadTrailer(trailer, sizeInBytes)];
            long offset = sizeInBytes - trailer.Length - box.Length;
            if (!await backend.GetAsync(name, offset, box, null, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
            return new IndexedPack(pack, sizeInBytes, PackCodec.OpenDirectory(keys, header, box, sizeInBytes));
        }
        catch (CorruptDataException exception)
        {
            throw new CorruptDataException($"{name}: {exception.Message}", exception);
        }
    }
}
