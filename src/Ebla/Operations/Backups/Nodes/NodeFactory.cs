using Ebla.FileSystems;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Nodes;

/// <summary>Makes nodes of what the file system says: still without content, subtree or link target. Safe for concurrent use.</summary>
internal sealed class NodeFactory(OwnerNames owners, MetadataReader metadataReader)
{
    /// <summary>The node of a file that is open.</summary>
    public async ValueTask<Node> CreateAsync(ByteName name, FileMetadata metadata, SourceFile file, CancellationToken cancellationToken)
        => With(Create(name, metadata), await metadataReader.ReadAsync(file, metadata, cancellationToken).ConfigureAwait(false));

    /// <summary>The node of an open directory itself.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="metadata">Its status.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="before">The same entry in previous snapshots.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<Node> CreateAsync(
        ByteName name, FileMetadata metadata, SourceDirectory directory, IReadOnlyList<TreeEntry> before, CancellationToken cancellationToken)
        => TryReuse(name, metadata, before)
            ?? With(Create(name, metadata), await metadataReader.ReadAsync(directory, metadata, cancellationToken).ConfigureAwait(false));

    /// <summary>The node of an entry that is no file or directory.</summary>
    /// <exception cref="FileSystemException">It has vanished.</exception>
    public async ValueTask<Node> CreateEntryAsync(
        SourceDirectory directory, ByteName name, FileMetadata metadata, IReadOnlyList<TreeEntry> before,
        CancellationToken cancellationToken)
        => TryReuse(name, metadata, before) ?? With(
            Create(name, metadata),
            await metadataReader.ReadAsync(directory, name, metadata, cancellationToken).ConfigureAwait(false));

    // Every change of attributes and flags moves the change time. An access does not: the access time of an entry that has not changed
    // stays what it was, or each look at a directory would store its list and all above it again.
    private Node? TryReuse(ByteName name, in FileMetadata metadata, IReadOnlyList<TreeEntry> before)
    {
        foreach (TreeEntry entry in before)
        {
            Node earlier = entry.Node;
            if (earlier.Type == metadata.Type
                && earlier.Inode == metadata.Inode
                && earlier.ChangedTime == metadata.ChangedTime
                && earlier.ExtendedAttributeContent.Count == 0 // It would have to be looked up whether they are still stored.
                && !earlier.Remarks.HasFlag(NodeRemarks.MetadataIncomplete))
            {
                return Create(name, metadata) with
                {
                    AccessedTime = earlier.AccessedTime,
                    ExtendedAttributes = earlier.ExtendedAttributes,
                    Flags = earlier.Flags,
                };
            }
        }
        return null;
    }

    /// <summary>A node without extended attributes and flags: of what is not to be opened, or has none.</summary>
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
        AccessedTime = metadata.AccessedTime,
        Inode = metadata.Inode,
        HardLink = metadata.LinkCount > 1 && metadata.Type != FileType.Directory
            ? new HardLinkId(metadata.Device, metadata.Inode)
            : null,
        DeviceNumber = metadata.Type is FileType.CharacterDevice or FileType.BlockDevice ? metadata.DeviceNumber : null,
    };

    private static Node With(Node node, in NodeAttributes attributes) => node with
    {
        ExtendedAttributes = attributes.Inline,
        ExtendedAttributeContent = attributes.Content,
        Flags = attributes.Flags,
        Remarks = attributes.IsComplete ? NodeRemarks.None : NodeRemarks.MetadataIncomplete,
    };
}
