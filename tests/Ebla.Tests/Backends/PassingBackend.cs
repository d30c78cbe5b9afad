using System.Buffers;
using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Tests.Backends;

/// <summary>Passes every call on; those derived from it change some. Does not own what it passes them to.</summary>
internal abstract class PassingBackend(IBackend inner) : IBackend
{
    public virtual BackendCapabilities Capabilities => inner.Capabilities;

    public string Location => inner.Location;

    protected IBackend Inner => inner;

    public ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default) => inner.ReadHeaderAsync(cancellationToken);

    public ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
        => inner.CreateHeaderAsync(header, cancellationToken);

    public virtual ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
        => inner.PutAsync(name, content, cancellationToken);

    public virtual ValueTask FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected, CancellationToken cancellationToken = default)
        => inner.GetAsync(name, offset, destination, expected, cancellationToken);

    public ValueTask<byte[]?> GetWholeAsync(
        ObjectName name, long sizeInBytesMax, Hash256? expected, CancellationToken cancellationToken = default)
        => inner.GetWholeAsync(name, sizeInBytesMax, expected, cancellationToken);

    public ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
        => inner.GetSizeAsync(name, cancellationToken);

    public virtual IAsyncEnumerable<ObjectInfo> ListAsync(ObjectKind kind, CancellationToken cancellationToken = default)
        => inner.ListAsync(kind, cancellationToken);

    public virtual ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
        => inner.DeleteAsync(name, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
