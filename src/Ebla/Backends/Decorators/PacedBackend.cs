using System.Buffers;
using Ebla.Backends.Traffic;
using Ebla.Primitives;

namespace Ebla.Backends.Decorators;

/// <summary>Keeps the pace of a line for a back-end that has none inside: a local folder, which may be a mounted share.</summary>
internal sealed class PacedBackend(IBackend inner, Line line) : IBackend
{
    // As a store on the line would take it: so that others get their turn in between.
    private const int PartSizeInBytes = 256 << 10;

    public BackendCapabilities Capabilities => inner.Capabilities;

    public string Location => inner.Location;

    public ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default) => inner.ReadHeaderAsync(cancellationToken);

    public ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
        => inner.CreateHeaderAsync(header, cancellationToken);

    public async ValueTask PutAsync(
        ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        await TakeAsync(line.SendAsync, content.Length, cancellationToken).ConfigureAwait(false);
        await inner.PutAsync(name, content, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public async ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected,
        CancellationToken cancellationToken = default)
    {
        bool isFound = await inner.GetAsync(name, offset, destination, expected, cancellationToken).ConfigureAwait(false);
        await TakeAsync(line.ReceiveAsync, isFound ? destination.Length : 0, cancellationToken).ConfigureAwait(false);
        return isFound;
    }

    public async ValueTask<byte[]?> GetWholeAsync(
        ObjectName name, long sizeInBytesMax, Hash256? expected, CancellationToken cancellationToken = default)
    {
        byte[]? content = await inner.GetWholeAsync(name, sizeInBytesMax, expected, cancellationToken).ConfigureAwait(false);
        await TakeAsync(line.ReceiveAsync, content?.Length ?? 0, cancellationToken).ConfigureAwait(false);
        return content;
    }

    public ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
        => inner.GetSizeAsync(name, cancellationToken);

    public IAsyncEnumerable<ObjectInfo> ListAsync(ObjectKind kind, CancellationToken cancellationToken = default)
        => inner.ListAsync(kind, cancellationToken);

    public ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
        => inner.DeleteAsync(name, cancellationToken);

    public ValueTask<long?> GetFreeSpaceInBytesAsync(CancellationToken cancellationToken = default)
        => inner.GetFreeSpaceInBytesAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static async ValueTask TakeAsync(
        Func<int, CancellationToken, ValueTask> take, long sizeInBytes, CancellationToken cancellationToken)
    {
        for (long left = sizeInBytes; left > 0; left -= PartSizeInBytes)
        {
            await take((int)Math.Min(left, PartSizeInBytes), cancellationToken).ConfigureAwait(false);
        }
    }
}
