using System.Buffers;
using Ebla.Primitives;

namespace Ebla.Backends;

/// <summary>Stores immutable, named objects. The contract of docs/design.md, section "Back-ends".</summary>
/// <remarks>
/// Safe for concurrent calls. A missing object is a value, not an error; every other failure is a <see cref="BackendException"/>,
/// unless the member says otherwise. A back-end sees names and bytes, never keys or plaintext.
/// Opening one creates nothing. Disposing one voids what was put and not flushed.
/// </remarks>
public interface IBackend : IAsyncDisposable
{
    /// <summary>What this back-end can and cannot do.</summary>
    BackendCapabilities Capabilities { get; }

    /// <summary>Where this is, for messages. Holds no secret.</summary>
    string Location { get; }

    /// <summary>The plaintext header, or null if there is none: then there is no repository here.</summary>
    /// <exception cref="CorruptDataException">It is larger than <see cref="RepositoryLayout.HeaderSizeInBytesMax"/>.</exception>
    ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes the header of a new repository, durably, and fails if there is one already: of several calls at once exactly one
    /// succeeds, if <see cref="BackendCapabilities.CanCreateHeaderOnce"/>.
    /// </summary>
    /// <remarks>
    /// The header is what makes a repository, so it comes last: objects may be put and flushed before it. It does not flush.
    /// </remarks>
    /// <exception cref="RepositoryExistsException">There is a header.</exception>
    ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default);

    /// <summary>
    /// Hands an object over. It is promised (durable, visible, whole) once a <see cref="FlushAsync"/> that began after this
    /// completed has completed. Before that, and after a crash, it is absent or whole, never torn under its name.
    /// </summary>
    /// <remarks>
    /// Putting an object that is already there with the same size is a success, may cost no transfer, and is promised in the same way;
    /// its bytes are not compared, so a damaged object must be deleted before it is put again. One that is there with
    /// another size is replaced. Whether an object is visible between its put and the flush is left open. After a put that failed the
    /// object is not promised; other puts are not affected.
    /// </remarks>
    /// <param name="name">The name; the caller has computed the hash.</param>
    /// <param name="content">The bytes; not used after the call completes.</param>
    /// <param name="cancellationToken">Cancels; the object is then absent or whole.</param>
    /// <exception cref="ArgumentException">It is larger than <see cref="BackendCapabilities.ObjectSizeInBytesMax"/>.</exception>
    ValueTask PutAsync(
        ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default);

    /// <summary>
    /// The barrier: everything put, and every deletion asked for, before this call is durable and visible after it. So is the presence
    /// of every object that a listing of this instance showed before, whoever put it.
    /// </summary>
    /// <remarks>
    /// After a failure the unflushed puts are void (absent or whole, not promised) and the back-end stays unusable for writing: an fsync
    /// error is not repeated away. Reading goes on. A call that was cancelled, or whose failure is transient, promises nothing and voids
    /// nothing: flush again.
    /// </remarks>
    ValueTask FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads exactly <paramref name="destination"/>'s length of bytes from <paramref name="offset"/>.</summary>
    /// <returns>False if there is no such object. The bytes are NOT checked against anything: the caller does that.</returns>
    /// <param name="name">The object.</param>
    /// <param name="offset">Where in the object to begin, in bytes.</param>
    /// <param name="destination">Filled whole, or the call fails; what it holds after a failure is undefined. May be empty.</param>
    /// <param name="expected">BLAKE3 of just these bytes where the caller knows it, so that a decorator can check and heal; null otherwise.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CorruptDataException">The object ends before the range does.</exception>
    ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected,
        CancellationToken cancellationToken = default);

    /// <summary>All bytes of an object, unchecked; null if it is missing. One round trip, where the store can do that.</summary>
    /// <exception cref="CorruptDataException">It is larger than <paramref name="sizeInBytesMax"/>; it need not have been read.</exception>
    async ValueTask<byte[]?> GetWholeAsync(
        ObjectName name, long sizeInBytesMax, Hash256? expected, CancellationToken cancellationToken = default)
    {
        if (await GetSizeAsync(name, cancellationToken).ConfigureAwait(false) is not { } sizeInBytes)
        {
            return null;
        }
        if (sizeInBytes > sizeInBytesMax)
        {
            throw new CorruptDataException($"{name} is {sizeInBytes} bytes long; such an object is never longer than {sizeInBytesMax}.");
        }
        byte[] content = new byte[sizeInBytes];
        return await GetAsync(name, 0, content, expected, cancellationToken).ConfigureAwait(false) ? content : null;
    }

    /// <summary>The size of an object in bytes, or null if it is missing.</summary>
    ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default);

    /// <summary>Names and sizes of all objects of a kind, each once, in any order.</summary>
    /// <remarks>
    /// Shows everything flushed before it began and not deleted before it ends. Not a snapshot: of what comes and goes meanwhile it may
    /// show anything. Never ends early: it is whole or it throws. Foreign names are passed over.
    /// </remarks>
    IAsyncEnumerable<ObjectInfo> ListAsync(ObjectKind kind, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object, also one put and not yet flushed; deleting what is missing is a success. Durable after the next flush.</summary>
    /// <exception cref="BackendException">Among others: the store refuses deletions.</exception>
    ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default);

    /// <summary>The bytes that can still be stored here, or null if this is not known. A hint: others use the space too.</summary>
    ValueTask<long?> GetFreeSpaceInBytesAsync(CancellationToken cancellationToken = default)
        => ValueTask.FromResult<long?>(null);

    /// <summary>
    /// Removes what is left of a place whose objects were all deleted: the header, and the folders that a repository has, as far as they
    /// are empty; some servers remove a folder with what is in it. Whoever calls it made the place, for a trial, and alone knows it.
    /// </summary>
    /// <returns>What is left, in words for people; null if nothing is.</returns>
    ValueTask<string?> RemovePlaceAsync(CancellationToken cancellationToken = default)
        => ValueTask.FromResult<string?>("the header and empty folders are left, which this kind of store cannot remove");
}
