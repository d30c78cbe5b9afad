using System.Buffers;
using System.Runtime.CompilerServices;
using Ebla.Backends.Traffic;
using Ebla.Primitives;

namespace Ebla.Backends.Decorators;

/// <summary>Passes everything on and counts it.</summary>
internal sealed class CountingBackend(IBackend inner, TrafficMeter meter) : IBackend
{
    public BackendCapabilities Capabilities => inner.Capabilities;

    public string Location => inner.Location;

    public async ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default)
    {
        meter.AddGet();
        byte[]? header = await inner.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        meter.AddReceived(header?.Length ?? 0);
        return header;
    }

    public async ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
    {
        meter.AddPut();
        await inner.CreateHeaderAsync(header, cancellationToken).ConfigureAwait(false);
        meter.AddSent(header.Length);
    }

    public async ValueTask PutAsync(
        ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        meter.AddPut();
        await inner.PutAsync(name, content, cancellationToken).ConfigureAwait(false);
        meter.AddSent(content.Length);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        meter.AddOther();
        return inner.FlushAsync(cancellationToken);
    }

    public async ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected,
        CancellationToken cancellationToken = default)
    {
        meter.AddGet();
        bool isFound = await inner.GetAsync(name, offset, destination, expected, cancellationToken).ConfigureAwait(false);
        meter.AddReceived(isFound ? destination.Length : 0);
        return isFound;
    }

    public async ValueTask<byte[]?> GetWholeAsync(
        ObjectName name, long sizeInBytesMax, Hash256? expected, CancellationToken cancellationToken = default)
    {
        meter.AddGet();
        byte[]? content = await inner.GetWholeAsync(name, sizeInBytesMax, expected, cancellationToken).ConfigureAwait(false);
        meter.AddReceived(content?.Length ?? 0);
        return content;
    }

    public ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        meter.AddOther();
        return inner.GetSizeAsync(name, cancellationToken);
    }

    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        meter.AddList();
        await foreach (ObjectInfo info in inner.ListAsync(kind, cancellationToken).ConfigureAwait(false))
        {
            yield return info;
        }
    }

    public ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        meter.AddDelete();
        return inner.DeleteAsync(name, cancellationToken);
    }

    public ValueTask<long?> GetFreeSpaceInBytesAsync(CancellationToken cancellationToken = default)
    {
        meter.AddOther();
        return inner.GetFreeSpaceInBytesAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
