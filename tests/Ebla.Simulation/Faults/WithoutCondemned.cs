using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Simulation.Faults;

/// <summary>A backup that does not look at what is condemned. Pruners do.</summary>
internal sealed class WithoutCondemned(IBackend inner) : Passing(inner)
{
    public override IAsyncEnumerable<ObjectInfo> ListAsync(ObjectKind kind, CancellationToken cancellationToken = default)
        => kind == ObjectKind.Condemned ? AsyncEnumerable.Empty<ObjectInfo>() : base.ListAsync(kind, cancellationToken);
}
