namespace Ebla.Operations.Statistics;

/// <summary>All copies of all blobs, by who refers to them.</summary>
/// <param name="Members">What only one member refers to; at 0 nothing, members are numbered from 1.</param>
/// <param name="Groups">What only one group refers to, any of its members; at 0 nothing.</param>
/// <param name="SeveralGroups">What members of several groups refer to.</param>
/// <param name="Unreferred">What nobody refers to.</param>
/// <param name="FurtherCopies">Copies besides the one that counts, of whatever blob.</param>
internal sealed record OwnerCounts(
    BlobTotals[] Members, BlobTotals[] Groups, BlobTotals SeveralGroups, BlobTotals Unreferred, BlobTotals FurtherCopies);
