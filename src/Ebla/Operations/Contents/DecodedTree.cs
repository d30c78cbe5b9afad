using System.Text.Json.Nodes;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Contents;

/// <summary>
/// Tree blobs as JSON. Names are shown as <see cref="ByteName.ToString"/> shows them, which never confuses two.
/// </summary>
internal static class DecodedTree
{
    public static JsonObject Of(BlobId id, TreeBlob tree) => new()
    {
        ["id"] = id.ToString(),
        ["type"] = tree.Type switch
        {
            TreeBlobType.Nodes => "nodes",
            TreeBlobType.NodeBranches => "node_branches",
            TreeBlobType.Pieces => "pieces",
            _ => "piece_branches",
        },
        ["nodes"] = new JsonArray([.. tree.Nodes.Select(Of)]),
        ["pieces"] = new JsonArray([.. tree.Pieces.Select(Of)]),
        ["branches"] = new JsonArray([.. tree.Branches.Select(Of)]),
    };

    private static JsonObject Of(Node node)
    {
        JsonObject json = new()
        {
            ["name"] = node.Name.ToString(),
            ["type"] = NameOf(node.Type),
            ["mode"] = Convert.ToString(node.Mode, 8),
            ["uid"] = node.UserId,
            ["gid"] = node.GroupId,
            ["user"] = node.UserName.ToString(),
            ["group"] = node.GroupName.ToString(),
            ["modified"] = node.ModifiedTime.ToDateTimeOffset(),
            ["changed"] = node.ChangedTime.ToDateTimeOffset(),
            ["accessed"] = node.AccessedTime.ToDateTimeOffset(),
            ["inode"] = node.Inode,
        };
        if (node.Type == FileType.Regular)
        {
            json["bytes"] = node.SizeInBytes;
            json["content"] = new JsonArray([.. node.Content.Select(Of)]);
            json["content_list"] = node.ContentList?.ToString();
        }
        if (node.Subtree is { } subtree)
        {
            json["subtree"] = subtree.ToString();
        }
        if (node.Type == FileType.SymbolicLink)
        {
            json["link_target"] = node.LinkTarget.ToString();
        }
        if (node.HardLink is { } link)
        {
            json["hard_link"] = new JsonObject { ["device"] = link.Device, ["inode"] = link.Inode };
        }
        if (node.DeviceNumber is { } device)
        {
            json["device"] = new JsonObject { ["major"] = device.Major, ["minor"] = device.Minor };
        }
        if (node.Remarks != NodeRemarks.None)
        {
            json["changed_while_read"] = node.Remarks.HasFlag(NodeRemarks.ChangedWhileRead);
            json["incomplete"] = node.Remarks.HasFlag(NodeRemarks.Incomplete);
            json["metadata_incomplete"] = node.Remarks.HasFlag(NodeRemarks.MetadataIncomplete);
        }
        if (node.Flags != FileFlags.None)
        {
            json["flags"] = FileFlagSets.ToLetters(node.Flags);
        }
        if (node.ExtendedAttributes.Count > 0)
        {
            json["extended_attributes"] = new JsonArray([.. node.ExtendedAttributes.Select(Of)]);
        }
        if (node.ExtendedAttributeContent.Count > 0)
        {
            json["extended_attribute_content"] = new JsonArray([.. node.ExtendedAttributeContent.Select(Of)]);
        }
        return json;
    }

    private static JsonObject Of(ExtendedAttribute attribute) => new()
    {
        ["name"] = attribute.Name.ToString(),
        ["value"] = Convert.ToHexStringLower(attribute.Value.Span),
    };

    private static JsonObject Of(ContentPiece piece) => new()
    {
        ["blob"] = piece.Id?.ToString(),
        ["bytes"] = piece.SizeInBytes,
    };

    private static JsonObject Of(TreeBranch branch) => new()
    {
        ["first_name"] = branch.FirstName.ToString(),
        ["blob"] = branch.Id.ToString(),
        ["total"] = branch.Total,
    };

    private static string NameOf(FileType type) => type switch
    {
        FileType.Regular => "file",
        FileType.Directory => "directory",
        FileType.SymbolicLink => "symlink",
        FileType.Fifo => "fifo",
        FileType.Socket => "socket",
        FileType.CharacterDevice => "character_device",
        _ => "block_device",
    };
}
