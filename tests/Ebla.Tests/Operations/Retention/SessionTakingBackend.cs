using System.Buffers;
using System.Runtime.CompilerServices;
using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Tests.Operations.Retention;

/// <summary>A store where a prune clears up every session that it sees, the first times that anyone looks.</summary>
internal sealed class SessionTakingBackend(IBackend inner, int timesMax) : IBackend
{
    private int _taken;

    public int Taken => _taken;

    public BackendCapabilities Capabilities => inner.Capabilities;

    public string Location => inner.Location;

    public ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default) => inner.ReadHeaderAsync(cancellationToken);

    public ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
        => inner.CreateHeaderAsync(header, cancellationToken);

    public ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
        => inner.PutAsync(name, content, cancellationToken);

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected, CancellationToken cancellationToken = default)
        => inner.GetAsync(name, offset, destination, expected, cancellationToken);

    public ValueTask<byte[]?> GetWholeAsync(
        ObjectName name, long sizeInBytesMax, Hash256? expected, CancellationToken cancellationToken = default)
        => inner.GetWholeAsync(name, sizeInBytesMax, expected, cancellationToken);

    public ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
        => inner.GetSizeAsync(name, cancellationToken);

    public async IAsyncEnumerable<ObjectInfo> ListAsync(ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        bool takes = kind == ObjectKind.Session && _taken < timesMax;
        _taken += takes ? 1 : 0;
        await foreach (ObjectInfo info in inner.ListAsync(kind, cancellationToken))
        {
            if (!takes)
            {
                yield return info;
            }
        }
    }

    public ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default) => inner.DeleteAsync(name, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
