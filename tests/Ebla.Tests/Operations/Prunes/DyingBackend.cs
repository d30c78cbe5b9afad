using System.Buffers;
using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Tests.Backends;

namespace Ebla.Tests.Operations.Prunes;

/// <summary>Passes so many puts, deletions and flushes on; then its machine is dead. Counts them.</summary>
internal sealed class DyingBackend(IBackend inner, int changesMax = int.MaxValue, bool canDelete = true) : PassingBackend(inner)
{
    private int _changes;

    public int Changes => _changes;

    public override BackendCapabilities Capabilities => Inner.Capabilities with { CanDelete = canDelete };

    public override ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        Count();
        return Inner.PutAsync(name, content, cancellationToken);
    }

    public override ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        Count();
        return Inner.FlushAsync(cancellationToken);
    }

    public override ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        Count();
        return canDelete
            ? Inner.DeleteAsync(name, cancellationToken)
            : throw new BackendException($"{name}: this store deletes nothing.", isTransient: false);
    }

    private void Count()
    {
        if (Interlocked.Increment(ref _changes) > changesMax)
        {
            throw new BackendException("The machine is dead.", isTransient: true);
        }
    }
}
