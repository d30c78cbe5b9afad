using System.Runtime.CompilerServices;
using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Sessions;
using Ebla.Simulation.Actors;

namespace Ebla.Simulation.Faults;

/// <summary>Somebody who does not see the sessions' records of one type.</summary>
internal sealed class HidingRecords(IBackend inner, ActorContext context, SessionRecordType type) : Passing(inner)
{
    public override async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ObjectInfo info in base.ListAsync(kind, cancellationToken))
        {
            bool isHidden = kind == ObjectKind.Session && Location == "simulated:main"
                && context.World.MainStore.Find(info.Name) is { } stored
                && SessionRecordCodec.Open(context.World.MainKeys, stored.Content).Type == type;
            if (!isHidden)
            {
                yield return info;
            }
        }
    }
}
