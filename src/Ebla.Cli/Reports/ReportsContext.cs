using System.Text.Json.Serialization;

namespace Ebla.Cli.Reports;

/// <summary>How reports are written: by generated code, since the program is compiled ahead of time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(VersionReport))]
[JsonSerializable(typeof(InitReport))]
[JsonSerializable(typeof(BackupReport))]
[JsonSerializable(typeof(SnapshotReport[]))]
[JsonSerializable(typeof(RestoreReport))]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(KeySlotReport))]
[JsonSerializable(typeof(KeySlotReport[]))]
[JsonSerializable(typeof(StatsReport))]
[JsonSerializable(typeof(TrialReport))]
[JsonSerializable(typeof(CopyReport))]
[JsonSerializable(typeof(PruneReport))]
[JsonSerializable(typeof(ForgetReport))]
[JsonSerializable(typeof(ChangedSnapshotsReport))]
[JsonSerializable(typeof(PolicyReport))]
internal sealed partial class ReportsContext : JsonSerializerContext;
