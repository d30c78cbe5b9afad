using System.Buffers;
using System.Runtime.CompilerServices;
using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Simulation.Stores;

/// <summary>The store as the oracle sees it: no delays, no errors, everything at once.</summary>
internal sealed class DirectBackend(SimulatedStore store) : IBackend
{
    public BackendCapabilities Capabilities { get; } = new(CanDelete: true, CanReadRanges: true, int.MaxValue);

    public string Location => $"simulated:{store.Name}";

    public ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(store.Header);

    public ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
    {
        store.Header = header.ToArray();
        return ValueTask.CompletedTask;
    }

    public ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        store.Promise(store.Add(name, content.ToArray()));
        return ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected, CancellationToken cancellationToken = default)
    {
        if (store.Find(name)?.Content is not { } content)
        {
            return ValueTask.FromResult(false);
        }
        if (offset > content.Length - destination.Length)
        {
            throw new CorruptDataException($"{name}: ends before the range does.");
        }
        content.AsMemory((int)offset, destination.Length).CopyTo(destination);
        return ValueTask.FromResult(true);
    }

    public ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
        => ValueTask.FromResult(store.Find(name)?.Content.LongLength);

    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await ValueTask.CompletedTask;
        foreach (StoredObject stored in store.Present.Where(stored => stored.Name.Kind == kind).ToArray())
        {
            yield return new ObjectInfo(stored.Name, stored.Content.Length);
        }
    }

    public ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        store.Remove(name);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
