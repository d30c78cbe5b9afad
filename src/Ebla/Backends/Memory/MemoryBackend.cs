using System.Buffers;
using System.Runtime.CompilerServices;
using Ebla.Primitives;

namespace Ebla.Backends.Memory;

/// <summary>Keeps objects in memory and knows which of them a power cut would leave. For tests and simulations.</summary>
/// <param name="showsUnflushed">
/// Whether an object is visible between its put and the flush. The contract leaves it open, so code is to be tested with both.
/// </param>
public sealed class MemoryBackend(bool showsUnflushed = false) : IBackend
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectName, byte[]> _durable = [];

    // Null stands for a deletion.
    private readonly Dictionary<ObjectName, byte[]?> _unflushed = [];

    private byte[]? _header;

    /// <inheritdoc/>
    public BackendCapabilities Capabilities { get; } = new(CanDelete: true, CanReadRanges: true, Array.MaxLength);

    /// <inheritdoc/>
    public string Location => "memory";

    /// <summary>A store that holds what would survive a power cut now: what was flushed, and no more.</summary>
    /// <param name="isPresent">
    /// For every object that was put or deleted and not flushed, whether it is there after the cut: both are allowed. Without it, unflushed
    /// puts are lost and objects whose deletion was not flushed are back.
    /// </param>
    public MemoryBackend DurableCopy(Func<ObjectName, bool>? isPresent = null)
    {
        MemoryBackend copy = new(showsUnflushed);
        lock (_lock)
        {
            copy._header = _header;
            foreach ((ObjectName name, byte[] content) in _durable)
            {
                copy._durable.Add(name, content);
            }
            if (isPresent is null)
            {
                return copy;
            }
            foreach ((ObjectName name, byte[]? content) in _unflushed)
            {
                if (!isPresent(name))
                {
                    copy._durable.Remove(name);
                }
                else if (content is not null)
                {
                    copy._durable[name] = content;
                }
            }
            return copy;
        }
    }

    /// <inheritdoc/>
    public ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return ValueTask.FromResult((byte[]?)_header?.Clone());
        }
    }

    /// <inheritdoc/>
    public ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(header.Length, RepositoryLayout.HeaderSizeInBytesMax, nameof(header));
        lock (_lock)
        {
            if (_header is not null)
            {
                throw new RepositoryExistsException($"{Location}: there is a repository already.");
            }
            _header = header.ToArray();
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask PutAsync(
        ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, Capabilities.ObjectSizeInBytesMax, nameof(content));
        byte[] bytes = content.ToArray();
        lock (_lock)
        {
            byte[]? present = _unflushed.TryGetValue(name, out byte[]? change) ? change : _durable.GetValueOrDefault(name);
            if (present is null || present.Length != bytes.Length)
            {
                _unflushed[name] = bytes;
            }
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            foreach ((ObjectName name, byte[]? content) in _unflushed)
            {
                if (content is null)
                {
                    _durable.Remove(name);
                }
                else
                {
                    _durable[name] = content;
                }
            }
            _unflushed.Clear();
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        byte[]? content;
        lock (_lock)
        {
            content = FindVisible(name);
        }
        if (content is null)
        {
            return ValueTask.FromResult(false);
        }
        if (offset > content.Length - destination.Length)
        {
            throw new CorruptDataException(
                $"{name}: ends before the range does: it has {content.Length} bytes, "
                + $"{destination.Length} from {offset} were asked for.");
        }
        content.AsMemory((int)offset, destination.Length).CopyTo(destination);
        return ValueTask.FromResult(true);
    }

    /// <inheritdoc/>
    public ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return ValueTask.FromResult(FindVisible(name)?.LongLength);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ObjectInfo> found = [];
        lock (_lock)
        {
            foreach (ObjectName name in _durable.Keys.Union(_unflushed.Keys))
            {
                if (name.Kind == kind && FindVisible(name) is { } content)
                {
                    found.Add(new ObjectInfo(name, content.Length));
                }
            }
        }
        await ValueTask.CompletedTask.ConfigureAwait(false);
        foreach (ObjectInfo info in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return info;
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_durable.ContainsKey(name))
            {
                _unflushed[name] = null;
            }
            else
            {
                _unflushed.Remove(name);
            }
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<string?> RemovePlaceAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            _header = null;
        }
        return ValueTask.FromResult<string?>(null);
    }

    /// <summary>Does nothing: the store outlives its users, as a disk does, and what was not flushed stays in doubt.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private byte[]? FindVisible(ObjectName name)
    {
        byte[]? durable = _durable.GetValueOrDefault(name);
        return !_unflushed.TryGetValue(name, out byte[]? change) ? durable
            : change is null || showsUnflushed ? change
            : durable;
    }
}
