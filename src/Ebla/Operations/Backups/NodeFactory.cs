using Ebla.FileSystems;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Backups;

/// <summary>Makes nodes of what the file system says.</summary>
internal sealed class NodeFactory(OwnerNames owners)
{
    /// <summary>The node of an entry, still without content, subtree or link target.</summary>
    public Node Create(ByteName name, in FileMetadata metadata) => new()
    {
        Name = name,
        Type = metadata.Type,
        Mode = metadata.Mode,
        UserId = metadata.UserId,
        GroupId = metadata.GroupId,
        UserName = owners.UserName(metadata.UserId),
        GroupName = owners.GroupName(metadata.GroupId),
        ModifiedTime = metadata.ModifiedTime,
        ChangedTime = metadata.ChangedTime,
        Inode = metadata.Inode,
        HardLink = metadata.LinkCount > 1 && metadata.Type != FileType.Directory
            ? new HardLinkId(metadata.Device, metadata.Inode)
            : null,
        DeviceNumber = metadata.Type is FileType.CharacterDevice or FileType.BlockDevice ? metadata.DeviceNumber : null,
    };
}
