using System.Buffers;
using Ebla.Backends;
using Ebla.Hashing;
using Ebla.Primitives;

namespace Ebla.Operations.Trials;

/// <summary>An object with random bytes, under the name that a real one would have.</summary>
internal sealed record TrialObject(ObjectName Name, byte[] Content)
{
    public static TrialObject Create(int seed, int sizeInBytes, ObjectKind kind)
    {
        byte[] content = new byte[sizeInBytes];
        new Random(seed).NextBytes(content);
        return new TrialObject(new ObjectName(kind, new ObjectId(Blake3.Hash(content))), content);
    }

    public ObjectInfo Info => new(Name, Content.Length);

    public ReadOnlySequence<byte> Bytes => new(Content);

    public bool Is(byte[]? content) => content is not null && content.AsSpan().SequenceEqual(Content);
}
