using System.Buffers;
using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Tests.Backends;

namespace Ebla.Tests.Operations.Retention;

/// <summary>A store where a prune condemns something just before the next note is put.</summary>
internal sealed class CondemningBackend(IBackend inner) : PassingBackend(inner)
{
    /// <summary>The record that it puts; null: none.</summary>
    public (ObjectName Name, byte[] Content)? OnNextNote { get; set; }

    public override async ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        if (name.Kind == ObjectKind.Note && OnNextNote is { } record)
        {
            OnNextNote = null;
            await Inner.PutAsync(record.Name, new ReadOnlySequence<byte>(record.Content), cancellationToken);
        }
        await Inner.PutAsync(name, content, cancellationToken);
    }
}
