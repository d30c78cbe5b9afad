namespace Ebla.Cli.Reports;

/// <summary>What <c>version --json</c> prints.</summary>
internal sealed record VersionReport(string Version, string Platform, string Runtime);
