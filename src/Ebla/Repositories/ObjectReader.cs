using Ebla.Backends;
using Ebla.Hashing;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>Reads whole objects and checks them against their names: bytes are verified before anyone sees them.</summary>
internal sealed class ObjectReader(IBackend backend)
{
    /// <summary>The bytes of an object; null if it is missing.</summary>
    /// <param name="name">The object.</param>
    /// <param name="sizeInBytesMax">Larger is refused unread.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CorruptDataException">The bytes do not have the hash that the name says, or are too many.</exception>
    public async ValueTask<byte[]?> TryReadAsync(ObjectName name, long sizeInBytesMax, CancellationToken cancellationToken)
    {
        byte[]? content = await backend.GetWholeAsync(name, sizeInBytesMax, name.Id.Value, cancellationToken).ConfigureAwait(false);
        if (content is null)
        {
            return null;
        }
        return Blake3.Hash(content) == name.Id.Value
            ? content
            : throw new CorruptDataException($"{name} is damaged: its bytes do not have the hash that its name says.");
    }

    /// <summary>As <see cref="TryReadAsync"/>, but a missing object is an error.</summary>
    public async ValueTask<byte[]> ReadAsync(ObjectName name, long sizeInBytesMax, CancellationToken cancellationToken)
        => await TryReadAsync(name, sizeInBytesMax, cancellationToken).ConfigureAwait(false)
            ?? throw new MissingObjectException($"{name} is missing.");
}
