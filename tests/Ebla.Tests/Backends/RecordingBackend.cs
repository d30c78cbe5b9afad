using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Tests.Backends;

/// <summary>Passes everything on, notes each call, and may hold it up before.</summary>
/// <param name="inner">What it passes on to.</param>
/// <param name="holdUp">Completes when a call may go on.</param>
internal sealed class RecordingBackend(IBackend inner, Func<Task>? holdUp = null) : IBackend
{
    private readonly ConcurrentQueue<(BackendOperation Operation, ObjectName? Name)> _calls = [];

    public BackendCapabilities Capabilities => inner.Capabilities;

    public string Location => inner.Location;

    public IReadOnlyList<(BackendOperation Operation, ObjectName? Name)> Calls => [.. _calls];

    public async ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default)
    {
        await NoteAsync(BackendOperation.ReadHeader, null);
        return await inner.ReadHeaderAsync(cancellationToken);
    }

    public async ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
    {
        await NoteAsync(BackendOperation.CreateHeader, null);
        await inner.CreateHeaderAsync(header, cancellationToken);
    }

    public async ValueTask PutAsync(
        ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        await NoteAsync(BackendOperation.Put, name);
        await inner.PutAsync(name, content, cancellationToken);
    }

    // Costs a store on a line nothing, and so it is not held up.
    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        _calls.Enqueue((BackendOperation.Flush, null));
        return inner.FlushAsync(cancellationToken);
    }

    public async ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected,
        CancellationToken cancellationToken = default)
    {
        await NoteAsync(BackendOperation.Get, name);
        return await inner.GetAsync(name, offset, destination, expected, cancellationToken);
    }

    public async ValueTask<byte[]?> GetWholeAsync(
        ObjectName name, long sizeInBytesMax, Hash256? expected, CancellationToken cancellationToken = default)
    {
        await NoteAsync(BackendOperation.Get, name);
        return await inner.GetWholeAsync(name, sizeInBytesMax, expected, cancellationToken);
    }

    public async ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        await NoteAsync(BackendOperation.GetSize, name);
        return await inner.GetSizeAsync(name, cancellationToken);
    }

    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await NoteAsync(BackendOperation.List, null);
        await foreach (ObjectInfo info in inner.ListAsync(kind, cancellationToken))
        {
            yield return info;
        }
    }

    public async ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        await NoteAsync(BackendOperation.Delete, name);
        await inner.DeleteAsync(name, cancellationToken);
    }

    public ValueTask<long?> GetFreeSpaceInBytesAsync(CancellationToken cancellationToken = default)
        => inner.GetFreeSpaceInBytesAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private Task NoteAsync(BackendOperation operation, ObjectName? name)
    {
        _calls.Enqueue((operation, name));
        return holdUp?.Invoke() ?? Task.CompletedTask;
    }
}
