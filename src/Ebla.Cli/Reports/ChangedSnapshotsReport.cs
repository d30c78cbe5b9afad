namespace Ebla.Cli.Reports;

/// <summary>What <c>pin</c>, <c>unpin</c> and <c>undelete</c> print with <c>--json</c>.</summary>
/// <param name="Snapshots">The ids of those that were changed; what was so already is not among them.</param>
internal sealed record ChangedSnapshotsReport(string[] Snapshots);
