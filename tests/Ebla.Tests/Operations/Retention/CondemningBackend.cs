using System.Buffers;
using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Tests.Operations.Retention;

/// <summary>A store where a prune condemns something just before the next note is put.</summary>
internal sealed class CondemningBackend(IBackend inner) : IBackend
{
    /// <summary>The record that it puts; null: none.</summary>
    public (ObjectName Name, byte[] Content)? OnNextNote { get; set; }

    public BackendCapabilities Capabilities => inner.Capabilities;

    public string Location => inner.Location;

    public ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default) => inner.ReadHeaderAsync(cancellationToken);

    public ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
        => inner.CreateHeaderAsync(header, cancellationToken);

    public async ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        if (name.Kind == ObjectKind.Note && OnNextNote is { } record)
        {
            OnNextNote = null;
            await inner.PutAsync(record.Name, new ReadOnlySequence<byte>(record.Content), cancellationToken);
        }
        await inner.PutAsync(name, content, cancellationToken);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected, CancellationToken cancellationToken = default)
        => inner.GetAsync(name, offset, destination, expected, cancellationToken);

    public ValueTask<byte[]?> GetWholeAsync(
        ObjectName name, long sizeInBytesMax, Hash256? expected, CancellationToken cancellationToken = default)
        => inner.GetWholeAsync(name, sizeInBytesMax, expected, cancellationToken);

    public ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
        => inner.GetSizeAsync(name, cancellationToken);

    public IAsyncEnumerable<ObjectInfo> ListAsync(ObjectKind kind, CancellationToken cancellationToken = default)
        => inner.ListAsync(kind, cancellationToken);

    public ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default) => inner.DeleteAsync(name, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
