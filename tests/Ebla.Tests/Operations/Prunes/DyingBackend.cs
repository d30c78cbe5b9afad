using System.Buffers;
using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Tests.Operations.Prunes;

/// <summary>Passes so many puts, deletions and flushes on; then its machine is dead. Counts them.</summary>
internal sealed class DyingBackend(IBackend inner, int changesMax = int.MaxValue, bool canDelete = true) : IBackend
{
    private int _changes;

    public int Changes => _changes;

    public BackendCapabilities Capabilities => inner.Capabilities with { CanDelete = canDelete };

    public string Location => inner.Location;

    public ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default) => inner.ReadHeaderAsync(cancellationToken);

    public ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
        => inner.CreateHeaderAsync(header, cancellationToken);

    public ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        Count();
        return inner.PutAsync(name, content, cancellationToken);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        Count();
        return inner.FlushAsync(cancellationToken);
    }

    public ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        Count();
        return canDelete
            ? inner.DeleteAsync(name, cancellationToken)
            : throw new BackendException($"{name}: this store deletes nothing.", isTransient: false);
    }

    public ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected, CancellationToken cancellationToken = default)
        => inner.GetAsync(name, offset, destination, expected, cancellationToken);

    public ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
        => inner.GetSizeAsync(name, cancellationToken);

    public IAsyncEnumerable<ObjectInfo> ListAsync(ObjectKind kind, CancellationToken cancellationToken = default)
        => inner.ListAsync(kind, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Count()
    {
        if (Interlocked.Increment(ref _changes) > changesMax)
        {
            throw new BackendException("The machine is dead.", isTransient: true);
        }
    }
}
