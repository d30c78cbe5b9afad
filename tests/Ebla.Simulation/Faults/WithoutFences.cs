using System.Runtime.CompilerServices;
using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Sessions;
using Ebla.Simulation.Actors;

namespace Ebla.Simulation.Faults;

/// <summary>A backup that sees no fence.</summary>
internal sealed class WithoutFences(IBackend inner, ActorContext context) : Passing(inner)
{
    public override async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ObjectInfo info in base.ListAsync(kind, cancellationToken))
        {
            bool isFence = kind == ObjectKind.Session && Location == "simulated:main"
                && context.World.MainStore.Find(info.Name) is { } stored
                && SessionRecordCodec.Open(context.World.MainKeys, stored.Content).Type == SessionRecordType.Fence;
            if (!isFence)
            {
                yield return info;
            }
        }
    }
}
