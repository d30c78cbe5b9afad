using System.Buffers;
using System.Runtime.CompilerServices;
using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Tests.Backends;

/// <summary>Passes everything on and counts calls and bytes.</summary>
internal sealed class CountingBackend(IBackend inner) : IBackend
{
    private readonly long[] _counts = new long[8];
    private long _bytesPut;
    private long _bytesGot;

    public BackendCapabilities Capabilities => inner.Capabilities;

    public string Location => inner.Location;

    public long PutSizeInBytes => Interlocked.Read(ref _bytesPut);

    public long GetSizeInBytes => Interlocked.Read(ref _bytesGot);

    /// <summary>How often any of these operations was called, whatever came of it.</summary>
    public long Count(BackendOperation operations)
    {
        long sum = 0;
        for (int bit = 0; bit < _counts.Length; bit++)
        {
            sum += ((int)operations >> bit & 1) == 1 ? Interlocked.Read(ref _counts[bit]) : 0;
        }
        return sum;
    }

    public ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default)
    {
        Add(BackendOperation.ReadHeader);
        return inner.ReadHeaderAsync(cancellationToken);
    }

    public ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
    {
        Add(BackendOperation.CreateHeader);
        return inner.CreateHeaderAsync(header, cancellationToken);
    }

    public ValueTask PutAsync(
        ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        Add(BackendOperation.Put);
        Interlocked.Add(ref _bytesPut, content.Length);
        return inner.PutAsync(name, content, cancellationToken);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        Add(BackendOperation.Flush);
        return inner.FlushAsync(cancellationToken);
    }

    public ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected,
        CancellationToken cancellationToken = default)
    {
        Add(BackendOperation.Get);
        Interlocked.Add(ref _bytesGot, destination.Length);
        return inner.GetAsync(name, offset, destination, expected, cancellationToken);
    }

    public ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        Add(BackendOperation.GetSize);
        return inner.GetSizeAsync(name, cancellationToken);
    }

    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Add(BackendOperation.List);
        await foreach (ObjectInfo info in inner.ListAsync(kind, cancellationToken))
        {
            yield return info;
        }
    }

    public ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        Add(BackendOperation.Delete);
        return inner.DeleteAsync(name, cancellationToken);
    }

    public ValueTask<long?> GetFreeSpaceInBytesAsync(CancellationToken cancellationToken = default)
        => inner.GetFreeSpaceInBytesAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Add(BackendOperation operation)
        => Interlocked.Increment(ref _counts[int.Log2((int)operation)]);
}
