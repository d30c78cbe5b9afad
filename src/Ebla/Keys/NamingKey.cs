using Ebla.Encryption;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>
/// What the ids of blobs and the places of cuts come from, of a ring that was made like another: the id key of the ring where the line
/// began, and what that ring derives with. Owns the key.
/// </summary>
internal sealed record NamingKey(SecretBytes Key, RepositoryId Repository, RingId Ring) : IDisposable
{
    /// <summary>Bytes of the stored form: key, repository, ring.</summary>
    public const int SizeInBytes = RingKeys.KeySizeInBytes + RepositoryId.SizeInBytes + RingId.SizeInBytes;

    /// <summary>Reads the stored form.</summary>
    public static NamingKey Read(ReadOnlySpan<byte> stored) => new(
        SecretBytes.CopyOf(stored[..RingKeys.KeySizeInBytes]),
        RepositoryId.Read(stored[RingKeys.KeySizeInBytes..]),
        RingId.Read(stored[(RingKeys.KeySizeInBytes + RepositoryId.SizeInBytes)..]));

    /// <summary>Writes the stored form.</summary>
    public void Write(Span<byte> stored)
    {
        Key.Span.CopyTo(stored);
        Repository.Write(stored[RingKeys.KeySizeInBytes..]);
        Ring.Write(stored[(RingKeys.KeySizeInBytes + RepositoryId.SizeInBytes)..]);
    }

    public NamingKey Copy() => new(SecretBytes.CopyOf(Key.Span), Repository, Ring);

    public void Dispose() => Key.Dispose();
}
