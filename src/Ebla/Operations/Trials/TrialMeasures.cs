namespace Ebla.Operations.Trials;

/// <summary>How fast a store was. Null: not measured.</summary>
public sealed record TrialMeasures
{
    /// <summary>Half of the questions for the size of an object were answered within this time.</summary>
    public TimeSpan? LatencyMedian { get; init; }

    /// <summary>Of a hundred questions, all but one were answered within this time.</summary>
    public TimeSpan? Latency99 { get; init; }

    /// <summary>Half of the puts of a small object, with a flush, took no longer than this.</summary>
    public TimeSpan? SmallPutMedian { get; init; }

    /// <summary>How many requests were in flight in the two measures with many.</summary>
    public int RequestsInFlight { get; init; }

    /// <summary>Put and flushed, one object after the other.</summary>
    public double? UploadOneBytesPerSecond { get; init; }

    /// <summary>Put and flushed, many at once.</summary>
    public double? UploadManyBytesPerSecond { get; init; }

    /// <summary>Read, one object after the other.</summary>
    public double? DownloadOneBytesPerSecond { get; init; }

    /// <summary>Read, many at once.</summary>
    public double? DownloadManyBytesPerSecond { get; init; }
}
