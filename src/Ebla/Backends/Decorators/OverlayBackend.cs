using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ebla.Primitives;

namespace Ebla.Backends.Decorators;

/// <summary>
/// Passes reading on and keeps all changes to itself, so that what a run would do can be found out by doing it. Of packs that are put only
/// the size is kept: they cannot be read here. All else goes into a file: index segments are as many as in the repository.
/// </summary>
/// <param name="inner">What is read.</param>
/// <param name="spool">Where what is put goes. The caller disposes.</param>
internal sealed class OverlayBackend(IBackend inner, SpoolFile spool) : IBackend
{
    private readonly ConcurrentDictionary<ObjectName, (long SizeInBytes, long? Offset)> _put = [];
    private readonly ConcurrentDictionary<ObjectName, bool> _deleted = [];

    public BackendCapabilities Capabilities => inner.Capabilities with { CanDelete = true };

    public string Location => inner.Location;

    public ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default) => inner.ReadHeaderAsync(cancellationToken);

    public ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
        => throw new NotSupportedException("A trial makes no repository.");

    public ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _put[name] = (content.Length, name.Kind == ObjectKind.Pack ? null : spool.Append(content));
        return ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public async ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected, CancellationToken cancellationToken = default)
    {
        if (_put.TryGetValue(name, out (long SizeInBytes, long? Offset) found))
        {
            if (offset > found.SizeInBytes - destination.Length)
            {
                throw new CorruptDataException($"{name} ends before the range does.");
            }
            spool.Read((found.Offset ?? throw NotKept(name)) + offset, destination.Span);
            return true;
        }
        return !_deleted.ContainsKey(name)
            && await inner.GetAsync(name, offset, destination, expected, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<byte[]?> GetWholeAsync(
        ObjectName name, long sizeInBytesMax, Hash256? expected, CancellationToken cancellationToken = default)
        => _put.TryGetValue(name, out (long SizeInBytes, long? Offset) found)
            ? ReadSpooled(name, found.SizeInBytes, found.Offset)
            : _deleted.ContainsKey(name)
                ? null
                : await inner.GetWholeAsync(name, sizeInBytesMax, expected, cancellationToken).ConfigureAwait(false);

    public async ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
        => _put.TryGetValue(name, out (long SizeInBytes, long? Offset) found)
            ? found.SizeInBytes
            : _deleted.ContainsKey(name) ? null : await inner.GetSizeAsync(name, cancellationToken).ConfigureAwait(false);

    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ObjectInfo info in inner.ListAsync(kind, cancellationToken).ConfigureAwait(false))
        {
            if (!_deleted.ContainsKey(info.Name) && !_put.ContainsKey(info.Name))
            {
                yield return info;
            }
        }
        foreach ((ObjectName name, (long SizeInBytes, long? Offset) found) in _put
            .Where(put => put.Key.Kind == kind).OrderBy(put => put.Key.Id))
        {
            yield return new ObjectInfo(name, found.SizeInBytes);
        }
    }

    public ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        _ = _put.TryRemove(name, out _);
        _deleted[name] = true;
        return ValueTask.CompletedTask;
    }

    public ValueTask<long?> GetFreeSpaceInBytesAsync(CancellationToken cancellationToken = default)
        => inner.GetFreeSpaceInBytesAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static NotSupportedException NotKept(ObjectName name) => new($"{name} was put in a trial, and is not kept.");

    private byte[] ReadSpooled(ObjectName name, long sizeInBytes, long? offset)
    {
        byte[] content = new byte[sizeInBytes];
        spool.Read(offset ?? throw NotKept(name), content);
        return content;
    }
}
