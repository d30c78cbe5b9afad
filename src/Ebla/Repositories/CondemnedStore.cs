using System.Buffers;
using Ebla.Backends;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>The condemned records of a repository: names that nobody may rely on any more.</summary>
internal sealed class CondemnedStore(IBackend backend, UnlockedKeys keys)
{
    private readonly ObjectReader _objects = new(backend);

    /// <summary>All names.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="known">Records that need not be read again; null if there are none.</param>
    /// <exception cref="CorruptDataException">A record cannot be read: relying on a pack that is about to go would lose data.</exception>
    /// <exception cref="MissingObjectException">A record is listed and not there: they are never removed.</exception>
    public async Task<CondemnedNames> LoadAsync(CancellationToken cancellationToken, IReadOnlySet<ObjectId>? known = null)
    {
        CondemnedNames names = new([], []);
        List<ObjectInfo> listed = await Concurrently.ReadAllAsync(backend.ListAsync(ObjectKind.Condemned, cancellationToken))
            .ConfigureAwait(false);
        await foreach ((ObjectInfo info, Task<byte[]> reading) in Concurrently.ForEachAsync(
            listed.Where(info => known?.Contains(info.Name.Id) != true),
            (info, token) => _objects.ReadAsync(info.Name, CondemnedCodec.BodySizeInBytesMax * 2L, token).AsTask(),
            Concurrently.SmallObjects,
            cancellationToken).ConfigureAwait(false))
        {
            try
            {
                byte[] content = await reading.ConfigureAwait(false);
                names.Add(new CondemnedRecord(
                    info.Name.Id, CondemnedCodec.OpenPacks(keys, content), CondemnedCodec.OpenSnapshots(keys, content)));
            }
            catch (CorruptDataException exception)
            {
                throw new CorruptDataException(
                    $"{exception.Message.TrimEnd('.')}. Nobody knows what it says will be deleted, so nothing is stored or removed. When no backup, "
                    + "copy or prune runs on any machine, delete that object from the store, and prune.", exception);
            }
        }
        return names;
    }

    /// <summary>Condemns names; durable when this returns.</summary>
    /// <returns>The bytes stored.</returns>
    public async Task<long> PutAsync(
        IReadOnlyCollection<ObjectId> packs, IReadOnlyCollection<ObjectId> snapshots, CancellationToken cancellationToken)
    {
        long storedInBytes = 0;
        foreach ((bool IsPack, ObjectId Id)[] chunk in packs.Select(id => (true, id)).Concat(snapshots.Select(id => (false, id)))
            .Chunk(CondemnedCodec.NamesMax))
        {
            (ObjectName name, byte[] content) = CondemnedCodec.Seal(
                keys,
                [.. chunk.Where(one => one.IsPack).Select(one => one.Id)],
                [.. chunk.Where(one => !one.IsPack).Select(one => one.Id)]);
            await backend.PutAsync(name, new ReadOnlySequence<byte>(content), cancellationToken).ConfigureAwait(false);
            storedInBytes += content.Length;
        }
        await backend.FlushAsync(cancellationToken).ConfigureAwait(false);
        return storedInBytes;
    }
}
