using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Tests.Backends;

namespace Ebla.Tests.Operations.Prunes;

/// <summary>A store whose first lists do not show an object that is there.</summary>
internal sealed class HidingBackend(IBackend inner, ObjectName hidden, int listsWithout) : PassingBackend(inner)
{
    private int _lists;

    public override IAsyncEnumerable<ObjectInfo> ListAsync(ObjectKind kind, CancellationToken cancellationToken = default)
        => kind == hidden.Kind && Interlocked.Increment(ref _lists) <= listsWithout
            ? Inner.ListAsync(kind, cancellationToken).Where(info => info.Name != hidden)
            : Inner.ListAsync(kind, cancellationToken);
}
