using System.Text.Json.Serialization;

namespace Ebla.Cli.Reports;

/// <summary>Reports that come in great numbers: one line each.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(EntryReport))]
[JsonSerializable(typeof(PlannedEntryReport))]
[JsonSerializable(typeof(DryRunTotals))]
internal sealed partial class LineReportsContext : JsonSerializerContext;
