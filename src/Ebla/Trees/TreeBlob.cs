using Ebla.Primitives;

namespace Ebla.Trees;

/// <summary>A decoded tree blob.</summary>
internal sealed class TreeBlob(TreeBlobType type, ReadOnlyMemory<byte> plaintext)
{
    private readonly List<(int Start, int Length)> _nodeRanges = [];

    public TreeBlobType Type => type;

    /// <summary>The nodes of a leaf of a directory; sorted, checked.</summary>
    public List<Node> Nodes { get; } = [];

    /// <summary>The pieces of a leaf of a file's content.</summary>
    public List<ContentPiece> Pieces { get; } = [];

    /// <summary>The children of a branch.</summary>
    public List<TreeBranch> Branches { get; } = [];

    public void AddBranch(TreeBranch branch)
    {
        bool isOrdered = type == TreeBlobType.NodeBranches
            ? NodeCodec.IsValidName(branch.FirstName.Span)
                && (Branches.Count == 0 || Branches[^1].FirstName.CompareTo(branch.FirstName) < 0)
            : branch.FirstName.IsEmpty;
        if (!isOrdered || branch.Total == 0)
        {
            throw new CorruptDataException("The branches of a tree blob are not in order.");
        }
        Branches.Add(branch);
    }

    /// <summary>The node's own encoding, unknown fields included, so that an unchanged node is stored again as it was.</summary>
    public ReadOnlyMemory<byte> EncodingOf(int nodeIndex)
        => plaintext.Slice(_nodeRanges[nodeIndex].Start, _nodeRanges[nodeIndex].Length);

    public void AddNode(Node node, int start, int length)
    {
        if (Nodes.Count > 0 && Nodes[^1].Name.CompareTo(node.Name) >= 0)
        {
            throw new CorruptDataException("The names of a directory are not in order.");
        }
        Nodes.Add(node);
        _nodeRanges.Add((start, length));
    }
}
