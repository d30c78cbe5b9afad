using System.Buffers;
using System.Collections.Concurrent;
using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Sessions;
using Ebla.Simulation.Actors;

namespace Ebla.Simulation.Faults;

/// <summary>A session whose heartbeats say that it relies on nothing that is condemned, whatever it relies on.</summary>
internal sealed class BoastingHeartbeats(IBackend inner, ActorContext context) : Passing(inner)
{
    private readonly ConcurrentDictionary<ObjectName, ObjectName> _forged = [];

    public override async ValueTask PutAsync(
        ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        if (name.Kind == ObjectKind.Session && Location == "simulated:main"
            && SessionRecordCodec.Open(context.World.MainKeys, content.ToArray()) is { Type: SessionRecordType.Heartbeat } record)
        {
            List<ObjectId> condemned = await base.ListAsync(ObjectKind.Condemned, cancellationToken)
                .Select(info => info.Name.Id).ToListAsync(cancellationToken);
            (ObjectName forged, byte[] forgery) = SessionRecordCodec.Seal(context.World.MainKeys, record with { Known = condemned });
            _forged[name] = forged;
            await base.PutAsync(forged, new ReadOnlySequence<byte>(forgery), cancellationToken);
            return;
        }
        await base.PutAsync(name, content, cancellationToken);
    }

    public override ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
        => base.DeleteAsync(_forged.GetValueOrDefault(name, name), cancellationToken);
}
