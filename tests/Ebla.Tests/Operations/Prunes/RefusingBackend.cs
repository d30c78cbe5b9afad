using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Tests.Backends;

namespace Ebla.Tests.Operations.Prunes;

/// <summary>A store that says that it deletes, and refuses when it is asked to.</summary>
internal sealed class RefusingBackend(IBackend inner, bool asDenied) : PassingBackend(inner)
{
    private int _refusals;

    public int Refusals => _refusals;

    /// <summary>Which deletions it refuses; all, unless said otherwise.</summary>
    public Func<ObjectName, bool> Refuses { get; init; } = static _ => true;

    public bool LocksObjects { get; init; }

    public override BackendCapabilities Capabilities => Inner.Capabilities with { LocksObjects = LocksObjects };

    public override async ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        // As folders do: what is not there may be deleted.
        if (await Inner.GetSizeAsync(name, cancellationToken) is null || !Refuses(name))
        {
            await Inner.DeleteAsync(name, cancellationToken);
            return;
        }
        _ = Interlocked.Increment(ref _refusals);
        throw asDenied
            ? new AccessDeniedException($"{name}: permission denied.")
            : new BackendException($"{name}: refused.", isTransient: false);
    }
}
