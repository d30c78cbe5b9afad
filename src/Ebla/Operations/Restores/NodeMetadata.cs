using Ebla.FileSystems;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Restores;

/// <summary>What a node's metadata mean on this machine.</summary>
internal sealed class NodeMetadata(OwnerNames owners, bool numericOwner, RestoreReport report)
{
    /// <summary>The metadata for an entry.</summary>
    public TargetMetadata Of(RestoreDirectory directory, Node node) => new()
    {
        UserId = Find(directory, node, owners.UserId, node.UserName) ?? node.UserId,
        GroupId = Find(directory, node, owners.GroupId, node.GroupName) ?? node.GroupId,
        Mode = node.Mode,
        ModifiedTime = node.ModifiedTime,
    };

    private uint? Find(RestoreDirectory directory, Node node, Func<ByteName, uint?> find, ByteName name)
    {
        if (numericOwner || name.IsEmpty)
        {
            return null;
        }
        try
        {
            return find(name);
        }
        catch (FileSystemException exception)
        {
            report.Repeated(
                directory, node.Name, "owner names", $"the owner was taken by number: {exception.Message}");
            return null;
        }
    }
}
