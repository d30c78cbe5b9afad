using System.Buffers;
using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Tests.Operations;

/// <summary>Shows another store's objects, some of them changed. Refuses to write: who only reads must not.</summary>
internal sealed class TamperedBackend(IBackend inner) : IBackend
{
    /// <summary>What an object is instead; null: missing.</summary>
    public Dictionary<ObjectName, byte[]?> Objects { get; } = [];

    /// <summary>Replaces the header.</summary>
    public Func<byte[]?, byte[]?> Header { get; set; } = header => header;

    public BackendCapabilities Capabilities => inner.Capabilities;

    public string Location => inner.Location;

    public async ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default)
        => Header(await inner.ReadHeaderAsync(cancellationToken));

    public ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
        => throw new InvalidOperationException("A reader writes.");

    public ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
        => throw new InvalidOperationException("A reader writes.");

    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
        => throw new InvalidOperationException("A reader writes.");

    public ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
        => throw new InvalidOperationException("A reader deletes.");

    public async ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected, CancellationToken cancellationToken = default)
    {
        if (!Objects.TryGetValue(name, out byte[]? content))
        {
            return await inner.GetAsync(name, offset, destination, expected, cancellationToken);
        }
        if (content is null)
        {
            return false;
        }
        if (offset > content.Length - destination.Length)
        {
            throw new CorruptDataException($"{name}: ends before the range does.");
        }
        content.AsMemory((int)offset, destination.Length).CopyTo(destination);
        return true;
    }

    public async ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
        => Objects.TryGetValue(name, out byte[]? content) ? content?.Length : await inner.GetSizeAsync(name, cancellationToken);

    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ObjectInfo info in inner.ListAsync(kind, cancellationToken))
        {
            if (!Objects.ContainsKey(info.Name))
            {
                yield return info;
            }
        }
        foreach ((ObjectName name, byte[]? content) in Objects.Where(changed => changed.Key.Kind == kind))
        {
            if (content is not null)
            {
                yield return new ObjectInfo(name, content.Length);
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
