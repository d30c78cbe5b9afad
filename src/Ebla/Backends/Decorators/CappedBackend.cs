using System.Buffers;
using System.Runtime.CompilerServices;
using Ebla.Primitives;

namespace Ebla.Backends.Decorators;

/// <summary>Lets so many calls go on at once; others wait for their turn, in the order in which they came.</summary>
internal sealed class CappedBackend(IBackend inner, int callsMax) : IBackend
{
    private readonly SemaphoreSlim _slots = new(callsMax);

    public BackendCapabilities Capabilities => inner.Capabilities;

    public string Location => inner.Location;

    public async ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default)
    {
        using Slot slot = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return await inner.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
    {
        using Slot slot = await EnterAsync(cancellationToken).ConfigureAwait(false);
        await inner.CreateHeaderAsync(header, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask PutAsync(
        ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        using Slot slot = await EnterAsync(cancellationToken).ConfigureAwait(false);
        await inner.PutAsync(name, content, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        using Slot slot = await EnterAsync(cancellationToken).ConfigureAwait(false);
        await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected,
        CancellationToken cancellationToken = default)
    {
        using Slot slot = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return await inner.GetAsync(name, offset, destination, expected, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<byte[]?> GetWholeAsync(
        ObjectName name, long sizeInBytesMax, Hash256? expected, CancellationToken cancellationToken = default)
    {
        using Slot slot = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return await inner.GetWholeAsync(name, sizeInBytesMax, expected, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        using Slot slot = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return await inner.GetSizeAsync(name, cancellationToken).ConfigureAwait(false);
    }

    /// <remarks>A listing waits for a turn each time it is read on: its reader may make other calls in between.</remarks>
    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IAsyncEnumerator<ObjectInfo> lines = inner.ListAsync(kind, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using ConfiguredAsyncDisposable closing = lines.ConfigureAwait(false);
        while (await MoveNextAsync(lines, cancellationToken).ConfigureAwait(false))
        {
            yield return lines.Current;
        }
    }

    public async ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        using Slot slot = await EnterAsync(cancellationToken).ConfigureAwait(false);
        await inner.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<long?> GetFreeSpaceInBytesAsync(CancellationToken cancellationToken = default)
    {
        using Slot slot = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return await inner.GetFreeSpaceInBytesAsync(cancellationToken).ConfigureAwait(false);
    }

    // The slots are left to the garbage collector: calls may still be ending.
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ObjectInfo> lines, CancellationToken cancellationToken)
    {
        using Slot slot = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return await lines.MoveNextAsync().ConfigureAwait(false);
    }

    private async ValueTask<Slot> EnterAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Slot(_slots);
    }

    private readonly struct Slot(SemaphoreSlim slots) : IDisposable
    {
        public void Dispose() => slots.Release();
    }
}
