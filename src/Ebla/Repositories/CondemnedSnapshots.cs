using Ebla.Backends;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>The snapshots that prunes have said they remove.</summary>
internal static class CondemnedSnapshots
{
    /// <summary>Reads all condemned records.</summary>
    /// <exception cref="CorruptDataException">One cannot be read: it may name any snapshot.</exception>
    public static async Task<HashSet<ObjectId>> LoadAsync(Repository repository, CancellationToken cancellationToken)
    {
        HashSet<ObjectId> condemned = [];
        List<ObjectInfo> listed = await Concurrently.ReadAllAsync(
            repository.Backend.ListAsync(ObjectKind.Condemned, cancellationToken)).ConfigureAwait(false);
        await foreach ((_, Task<byte[]?> reading) in Concurrently.ForEachAsync(
            listed,
            (info, token) => repository.Objects.TryReadAsync(info.Name, CondemnedCodec.BodySizeInBytesMax * 2L, token).AsTask(),
            Concurrently.SmallObjects,
            cancellationToken).ConfigureAwait(false))
        {
            if (await reading.ConfigureAwait(false) is { } content)
            {
                condemned.UnionWith(CondemnedCodec.OpenSnapshots(repository.Keys, content));
            }
        }
        return condemned;
    }
}
