using System.Buffers;
using System.Runtime.CompilerServices;
using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Sessions;
using Ebla.Simulation.Actors;

namespace Ebla.Simulation.Faults;

/// <summary>A writer whose records of one type reach nobody, while he himself believes to see them.</summary>
internal sealed class WithoutRecord(IBackend inner, ActorContext context, SessionRecordType type) : Passing(inner)
{
    private readonly Dictionary<ObjectName, long> _dropped = [];

    public override ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        if (name.Kind == ObjectKind.Session && Location == "simulated:main"
            && SessionRecordCodec.Open(context.World.MainKeys, content.ToArray()).Type == type)
        {
            _dropped[name] = content.Length;
            return ValueTask.CompletedTask;
        }
        return base.PutAsync(name, content, cancellationToken);
    }

    public override async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ObjectInfo info in base.ListAsync(kind, cancellationToken))
        {
            yield return info;
        }
        foreach ((ObjectName name, long size) in kind == ObjectKind.Session ? _dropped : [])
        {
            yield return new ObjectInfo(name, size);
        }
    }
}
