using System.Buffers;
using System.Security.Cryptography;
using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Tests.Backends;

/// <summary>An object with seeded content. Its name is a SHA-256, for a back-end does not look into names.</summary>
internal sealed record TestObject(ObjectName Name, byte[] Content)
{
    public static TestObject Create(int seed, int sizeInBytes, ObjectKind kind = ObjectKind.Pack)
    {
        byte[] content = new byte[sizeInBytes];
        new Random(seed).NextBytes(content);
        byte[] digest = SHA256.HashData([(byte)kind, .. content.AsSpan(0, Math.Min(4096, sizeInBytes)), .. Seed(seed)]);
        return new TestObject(new ObjectName(kind, ObjectId.Read(digest)), content);
    }

    /// <summary>The content in segments of the size given.</summary>
    public ReadOnlySequence<byte> InSegments(int segmentSizeInBytes)
    {
        if (Content.Length <= segmentSizeInBytes)
        {
            return new ReadOnlySequence<byte>(Content);
        }
        Segment first = new(Content.AsMemory(0, segmentSizeInBytes), 0);
        Segment last = first;
        for (int start = segmentSizeInBytes; start < Content.Length; start += segmentSizeInBytes)
        {
            last = last.Append(Content.AsMemory(start, Math.Min(segmentSizeInBytes, Content.Length - start)));
        }
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>Whether these are the bytes of this object.</summary>
    public bool Matches(byte[]? content) => content is not null && content.AsSpan().SequenceEqual(Content);

    public ValueTask PutAsync(IBackend backend, CancellationToken cancellationToken = default)
        => backend.PutAsync(Name, new ReadOnlySequence<byte>(Content), cancellationToken);

    /// <summary>The bytes under the name, or null if it is missing.</summary>
    public static async Task<byte[]?> GetAsync(IBackend backend, ObjectName name)
    {
        if (await backend.GetSizeAsync(name) is not { } size)
        {
            return null;
        }
        byte[] content = new byte[size];
        return await backend.GetAsync(name, 0, content, null) ? content : null;
    }

    public static async Task<List<ObjectInfo>> ListAsync(IBackend backend, ObjectKind kind)
    {
        List<ObjectInfo> found = [];
        await foreach (ObjectInfo info in backend.ListAsync(kind))
        {
            found.Add(info);
        }
        return found;
    }

    private static byte[] Seed(int seed)
    {
        byte[] bytes = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, seed);
        return bytes;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            Segment next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
