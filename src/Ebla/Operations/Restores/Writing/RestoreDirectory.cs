using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Restores.Writing;

/// <summary>
/// A directory that is being restored. Its metadata are set when nothing waits below it any more: until then it is writable for us,
/// and its times would change.
/// </summary>
/// <param name="parent">Null for the root of the restore, whose name is then its path in the snapshot.</param>
/// <param name="name">Its name.</param>
/// <param name="metadata">Null leaves its metadata alone.</param>
internal sealed class RestoreDirectory(RestoreDirectory? parent, ByteName name, TargetMetadata? metadata)
{
    private int _waitingFor = 1;

    public RestoreDirectory? Parent => parent;

    public ByteName Name => name;

    public TargetMetadata? Metadata => metadata;

    /// <value>Put together at each call: for messages.</value>
    public ByteName PathInSnapshot
    {
        get
        {
            Stack<ByteName> names = [];
            for (RestoreDirectory? at = this; at is not null; at = at.Parent)
            {
                names.Push(at.Name);
            }
            return ByteName.OfPath(names);
        }
    }

    /// <summary>Nothing can be in it yet: it was made by this run, or would be by a dry one.</summary>
    public bool IsNew { get; set; }

    /// <summary>Only on the way to what is restored: made when something in it is, and else not at all.</summary>
    public bool IsOnTheWay { get; init; }

    // These belong to TargetTree.
    public bool IsMade { get; set; }

    public (ulong Device, ulong Inode) Identity { get; set; }

    /// <value>A directory in this one that was opened from here, perhaps closed by now: the way back if this one is closed first.</value>
    public RestoreDirectory? OpenedBelow { get; set; }

    public TargetDirectory? Opened { get; set; }

    public TargetDirectory? Closed { get; set; }

    public int UserCount { get; set; }

    public LinkedListNode<RestoreDirectory>? Idle { get; set; }

    /// <summary>The path in the snapshot of an entry, or of the directory itself for an empty name.</summary>
    public ByteName PathOf(ByteName entry) => entry.IsEmpty ? PathInSnapshot : PathInSnapshot.Join(entry);

    /// <summary>One more thing to wait for; before the last one is released.</summary>
    public void Retain() => Interlocked.Increment(ref _waitingFor);

    /// <summary>True if this was the last thing to wait for.</summary>
    public bool Release() => Interlocked.Decrement(ref _waitingFor) == 0;
}
