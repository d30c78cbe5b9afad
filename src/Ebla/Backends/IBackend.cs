using System.Buffers;
using Ebla.Primitives;

namespace Ebla.Backends;

/// <summary>Stores immutable, named objects. The contract of docs/design.md, section "Back-ends".</summary>
/// <remarks>
/// Safe for concurrent calls. A missing object is a value, not an error; every other failure is a
/// <see cref="BackendException"/>.
/// A back-end sees names and bytes, never keys or plaintext.
/// </remarks>
public interface IBackend : IAsyncDisposable
{
    /// <summary>What this back-end can and cannot do.</summary>
    BackendCapabilities Capabilities { get; }

    /// <summary>Where this is, for messages. Holds no secret.</summary>
    string Location { get; }

    /// <summary>The plaintext header, or null if there is none: then there is no repository here.</summary>
    ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default);

    /// <summary>Writes the header of a new repository, durably, and fails if there is one already.</summary>
    /// <exception cref="RepositoryExistsException">There is a header.</exception>
    ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default);

    /// <summary>
    /// Hands an object over. It is promised (durable, visible, whole) once a <see cref="FlushAsync"/> that began after this
    /// completed has completed. Before that, and after a crash, it is absent or whole, never torn under its name.
    /// Putting an object that is already there is a success.
    /// </summary>
    /// <param name="name">The name; the caller has computed the hash.</param>
    /// <param name="content">The bytes; not used after the call completes.</param>
    /// <param name="cancellationToken">Cancels; the object is then absent or whole.</param>
    ValueTask PutAsync(
        ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default);

    /// <summary>
    /// The barrier: everything put, and every deletion asked for, before this call is durable and visible after it.
    /// </summary>
    /// <remarks>
    /// After a failure the unflushed puts are void and the back-end stays unusable for writing: an fsync error is not
    /// repeated away.
    /// </remarks>
    ValueTask FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads exactly <paramref name="destination"/>'s length of bytes from <paramref name="offset"/>.
    /// </summary>
    /// <returns>False if there is no such object. The bytes are NOT checked against anything: the caller does that.</returns>
    /// <param name="name">The object.</param>
    /// <param name="offset">Where in the object to begin, in bytes.</param>
    /// <param name="destination">Filled whole, or the call fails.</param>
    /// <param name="expected">BLAKE3 of just these bytes where the caller knows it, so that a decorator can check and
    /// heal; null otherwise.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CorruptDataException">The object ends before the range does.</exception>
    ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected,
        CancellationToken cancellationToken = default);

    /// <summary>The size of an object in bytes, or null if it is missing.</summary>
    ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default);

    /// <summary>
    /// Names and sizes of all objects of a kind, in any order; shows everything flushed before it began. Not a
    /// snapshot.
    /// </summary>
    IAsyncEnumerable<ObjectInfo> ListAsync(ObjectKind kind, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object; deleting what is missing is a success. Durable after the next flush.</summary>
    ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default);
}
