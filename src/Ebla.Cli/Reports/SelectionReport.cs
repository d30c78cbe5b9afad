using Ebla.Operations.Statistics;

namespace Ebla.Cli.Reports;

/// <summary>What some snapshots hold together: the same in <c>stats</c> and <c>forget</c>.</summary>
/// <param name="Snapshots">Their ids, oldest first.</param>
/// <param name="Unique">What no other snapshot refers to: what a prune can free of it when these are forgotten.</param>
/// <param name="Shared">What else they refer to.</param>
internal sealed record SelectionReport(string[] Snapshots, BlobTotalsReport Unique, BlobTotalsReport Shared)
{
    public static SelectionReport? Of(SelectionStatistics? selection) => selection is null
        ? null
        : new(
            [.. selection.Snapshots.Select(stored => stored.Id.ToString())],
            BlobTotalsReport.Of(selection.Unique),
            BlobTotalsReport.Of(selection.Shared));
}
