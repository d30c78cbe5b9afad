using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>A directory on the way of a walk. It is open while it is used, and closed at times in between.</summary>
internal sealed class SourcePlace
{
    private readonly (ulong Device, ulong Inode) _identity;

    internal SourcePlace(SourcePlace? parent, SourceDirectory opened, in FileMetadata metadata)
    {
        Parent = parent;
        Directory = opened;
        IsOpen = true;
        _identity = (metadata.Device, metadata.Inode);
    }

    /// <value>The directory above; null where the walk began.</value>
    public SourcePlace? Parent { get; }

    /// <value>For messages.</value>
    public ByteName Path => Directory.Path;

    // What follows belongs to SourceTree.
    internal SourceDirectory Directory { get; private set; }

    internal bool IsOpen { get; private set; }

    internal int UserCount { get; set; }

    internal bool IsLeft { get; set; }

    internal LinkedListNode<SourcePlace>? Idle { get; set; }

    internal void Close()
    {
        Directory.Dispose();
        IsOpen = false;
    }

    /// <summary>Opens it again from an open neighbour; false if it is not there any more.</summary>
    internal bool TryOpenAgain(SourcePlace neighbour)
    {
        if (Directory.TryOpenAgain(neighbour.Directory, ReferenceEquals(neighbour, Parent), _identity) is not { } again)
        {
            return false;
        }
        Directory = again;
        IsOpen = true;
        return true;
    }
}
