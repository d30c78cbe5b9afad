using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ebla.Primitives;

namespace Ebla.Backends.Decorators;

/// <summary>
/// Passes everything on and adds up the sizes of what is put and of what is deleted. The sizes of what is deleted it knows from listings,
/// so only what was listed or put through it counts.
/// </summary>
internal sealed class TallyingBackend(IBackend inner) : IBackend
{
    private readonly ConcurrentDictionary<ObjectName, long> _sizes = [];
    private long _putInBytes;
    private long _deletedInBytes;

    /// <summary>Bytes of objects put.</summary>
    public long PutInBytes => Interlocked.Read(ref _putInBytes);

    /// <summary>Bytes of objects deleted.</summary>
    public long DeletedInBytes => Interlocked.Read(ref _deletedInBytes);

    public BackendCapabilities Capabilities => inner.Capabilities;

    public string Location => inner.Location;

    public ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default) => inner.ReadHeaderAsync(cancellationToken);

    public ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
        => inner.CreateHeaderAsync(header, cancellationToken);

    public async ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        await inner.PutAsync(name, content, cancellationToken).ConfigureAwait(false);
        _sizes[name] = content.Length;
        _ = Interlocked.Add(ref _putInBytes, content.Length);
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

    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ObjectInfo info in inner.ListAsync(kind, cancellationToken).ConfigureAwait(false))
        {
            _sizes[info.Name] = info.SizeInBytes;
            yield return info;
        }
    }

    public async ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        await inner.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
        if (_sizes.TryRemove(name, out long sizeInBytes))
        {
            _ = Interlocked.Add(ref _deletedInBytes, sizeInBytes);
        }
    }

    public ValueTask<long?> GetFreeSpaceInBytesAsync(CancellationToken cancellationToken = default)
        => inner.GetFreeSpaceInBytesAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
