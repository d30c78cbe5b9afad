using Ebla.Cli.Rendering;
using Ebla.Operations.Trials;

namespace Ebla.Cli.Reports;

/// <summary>What <c>backend test --json</c> prints.</summary>
internal sealed record TrialReport
{
    public required string Location { get; init; }

    /// <summary>Whether all that a repository needs holds, as far as can be seen.</summary>
    public required bool Fit { get; init; }

    public required bool Quick { get; init; }

    public required Outcome[] Trials { get; init; }

    public required Speed Measures { get; init; }

    /// <summary>What could not be removed again, for people.</summary>
    public required string[] Left { get; init; }

    public static TrialReport Of(string location, bool isQuick, TrialResult result) => new()
    {
        Location = location,
        Fit = result.IsFit,
        Quick = isQuick,
        Trials = [.. result.Findings.Select(Outcome.Of)],
        Measures = Speed.Of(result.Measures),
        Left = [.. result.Left],
    };

    /// <param name="Name">The trial.</param>
    /// <param name="Verdict">"holds", "does_not_hold", "cannot_be_seen" or "not_offered".</param>
    /// <param name="Needed">Whether a repository is not safe without it.</param>
    /// <param name="Found">For people.</param>
    /// <param name="DurationSeconds">How long it took.</param>
    internal sealed record Outcome(string Name, string Verdict, bool Needed, string Found, double DurationSeconds)
    {
        public static Outcome Of(TrialFinding finding) => new(
            finding.Name,
            SafeText.ToSnakeCase(finding.Verdict.ToString()),
            finding.IsNeeded,
            SafeText.ForTerminal(finding.Found),
            Math.Round(finding.Duration.TotalSeconds, 3));
    }

    /// <summary>Null: not measured.</summary>
    internal sealed record Speed
    {
        public required double? LatencyMedianMilliseconds { get; init; }

        public required double? Latency99Milliseconds { get; init; }

        public required double? SmallPutMedianMilliseconds { get; init; }

        public required int RequestsInFlight { get; init; }

        public required long? UploadOneBytesPerSecond { get; init; }

        public required long? UploadManyBytesPerSecond { get; init; }

        public required long? DownloadOneBytesPerSecond { get; init; }

        public required long? DownloadManyBytesPerSecond { get; init; }

        public static Speed Of(TrialMeasures measures) => new()
        {
            LatencyMedianMilliseconds = measures.LatencyMedian?.TotalMilliseconds,
            Latency99Milliseconds = measures.Latency99?.TotalMilliseconds,
            SmallPutMedianMilliseconds = measures.SmallPutMedian?.TotalMilliseconds,
            RequestsInFlight = measures.RequestsInFlight,
            UploadOneBytesPerSecond = (long?)measures.UploadOneBytesPerSecond,
            UploadManyBytesPerSecond = (long?)measures.UploadManyBytesPerSecond,
            DownloadOneBytesPerSecond = (long?)measures.DownloadOneBytesPerSecond,
            DownloadManyBytesPerSecond = (long?)measures.DownloadManyBytesPerSecond,
        };
    }
}
