using Ebla.Operations.Backups.Nodes;
using Ebla.Primitives;

namespace Ebla.Operations.Backups.Assembly;

/// <summary>What a tree holds, counted as its entries are put into lists.</summary>
internal readonly record struct TreeTotals(long Files, long Directories, long Others, long SizeInBytes)
{
    public TreeTotals Plus(EncodedNode node) => node.Type switch
    {
        FileType.Regular => this with { Files = Files + 1, SizeInBytes = SizeSum.Plus(SizeInBytes, node.SizeInBytes) },
        FileType.Directory => this with { Directories = Directories + 1 },
        _ => this with { Others = Others + 1 },
    };
}
