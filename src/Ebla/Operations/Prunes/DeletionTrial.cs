using System.Buffers;
using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Prunes;

/// <summary>
/// Tries whether a store lets these credentials delete, before anything is condemned: what is condemned cannot be brought back, and on a
/// store that refuses it would be for nothing.
/// </summary>
internal static class DeletionTrial
{
    /// <summary>False if the store says no.</summary>
    /// <exception cref="BackendException">The store cannot be reached, or takes no object.</exception>
    public static async Task<bool> RunAsync(Repository repository, CancellationToken cancellationToken)
    {
        IBackend backend = repository.Backend;
        // A server that refuses on principle does not look whether the object is there.
        if (!backend.Capabilities.CanDelete
            || !await TryDeleteAsync(backend, new ObjectName(ObjectKind.Pack, NewId(repository)), cancellationToken).ConfigureAwait(false))
        {
            return false;
        }
        // A folder does look. Where objects are locked for a time, a fresh one says nothing about those that go.
        if (backend.Capabilities.LocksObjects
            || await PutSegmentAsync(repository, cancellationToken).ConfigureAwait(false) is not { } copy)
        {
            return true;
        }
        bool deletes = await TryDeleteAsync(backend, copy, cancellationToken).ConfigureAwait(false);
        await backend.FlushAsync(cancellationToken).ConfigureAwait(false);
        return deletes;
    }

    private static async Task<bool> TryDeleteAsync(IBackend backend, ObjectName name, CancellationToken cancellationToken)
    {
        try
        {
            await backend.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (Sweep.IsRefusal(exception))
        {
            return false;
        }
    }

    // A second segment that says of a pack what another says harms nobody if it stays: the next merge takes it in.
    private static async Task<ObjectName?> PutSegmentAsync(Repository repository, CancellationToken cancellationToken)
    {
        List<ObjectInfo> segments = await Concurrently.ReadAllAsync(repository.Backend.ListAsync(ObjectKind.Index, cancellationToken))
            .ConfigureAwait(false);
        foreach (ObjectInfo segment in segments.OrderBy(segment => segment.SizeInBytes).ThenBy(segment => segment.Name.Id))
        {
            try
            {
                if (await repository.Objects.TryReadAsync(segment.Name, IndexSegmentCodec.BodySizeInBytesMax * 2L, cancellationToken)
                    .ConfigureAwait(false) is { } content)
                {
                    IndexedPack smallest = IndexSegmentCodec.Open(repository.Keys, content).MinBy(pack => pack.Directory.Bytes.Length)!;
                    (ObjectName name, byte[] copy) = IndexSegmentCodec.Seal(repository.Keys, [smallest]);
                    await repository.Backend.PutAsync(name, new ReadOnlySequence<byte>(copy), cancellationToken).ConfigureAwait(false);
                    await repository.Backend.FlushAsync(cancellationToken).ConfigureAwait(false);
                    return name;
                }
            }
            catch (Exception exception) when (exception is CorruptDataException or UnsupportedFormatException)
            {
                // A check is to see it.
            }
        }
        return null;
    }

    private static ObjectId NewId(Repository repository)
    {
        Span<byte> bytes = stackalloc byte[Hash256.SizeInBytes];
        repository.Keys.Entropy.Fill(bytes);
        return ObjectId.Read(bytes);
    }
}
