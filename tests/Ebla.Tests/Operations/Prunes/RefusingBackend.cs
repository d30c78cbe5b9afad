using System.Buffers;
using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Tests.Operations.Prunes;

/// <summary>A store that says that it deletes, and refuses when it is asked to.</summary>
internal sealed class RefusingBackend(IBackend inner, bool asDenied) : IBackend
{
    private int _refusals;

    public int Refusals => _refusals;

    /// <summary>Which deletions it refuses; all, unless said otherwise.</summary>
    public Func<ObjectName, bool> Refuses { get; init; } = static _ => true;

    public bool LocksObjects { get; init; }

    public BackendCapabilities Capabilities => inner.Capabilities with { LocksObjects = LocksObjects };

    public string Location => inner.Location;

    public ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default) => inner.ReadHeaderAsync(cancellationToken);

    public ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
        => inner.CreateHeaderAsync(header, cancellationToken);

    public ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
        => inner.PutAsync(name, content, cancellationToken);

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public async ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        // As folders do: what is not there may be deleted.
        if (await inner.GetSizeAsync(name, cancellationToken) is null || !Refuses(name))
        {
            await inner.DeleteAsync(name, cancellationToken);
            return;
        }
        _ = Interlocked.Increment(ref _refusals);
        throw asDenied
            ? new AccessDeniedException($"{name}: permission denied.")
            : new BackendException($"{name}: refused.", isTransient: false);
    }

    public ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected, CancellationToken cancellationToken = default)
        => inner.GetAsync(name, offset, destination, expected, cancellationToken);

    public ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
        => inner.GetSizeAsync(name, cancellationToken);

    public IAsyncEnumerable<ObjectInfo> ListAsync(ObjectKind kind, CancellationToken cancellationToken = default)
        => inner.ListAsync(kind, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
