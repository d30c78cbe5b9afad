using Ebla.Operations.Statistics;

namespace Ebla.Cli.Reports;

/// <summary>Blobs counted together.</summary>
/// <param name="Blobs">How many.</param>
/// <param name="BytesPlaintext">Their lengths, rounded up in the catalog, by 12 % at most.</param>
/// <param name="BytesStored">Their shares of what is stored.</param>
internal sealed record BlobTotalsReport(long Blobs, long BytesPlaintext, long BytesStored)
{
    public static BlobTotalsReport Of(BlobTotals totals) => new(totals.Blobs, totals.PlaintextInBytes, totals.StoredInBytes);
}
