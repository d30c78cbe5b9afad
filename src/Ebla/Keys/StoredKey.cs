using Ebla.Hashing;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>A key object and its name.</summary>
public sealed record StoredKey(ObjectId Id, ReadOnlyMemory<byte> Bytes)
{
    internal static StoredKey Named(byte[] bytes) => new(new ObjectId(Blake3.Hash(bytes)), bytes);
}
