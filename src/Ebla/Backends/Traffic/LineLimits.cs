namespace Ebla.Backends.Traffic;

/// <summary>What a line may carry. Null: as much as it can.</summary>
public sealed record LineLimits(long? UploadBytesPerSecond, long? DownloadBytesPerSecond)
{
    /// <summary>How long a request may make no progress before it is given up, as a transient failure.</summary>
    public TimeSpan StallTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>No limits but the time for stalls.</summary>
    public static LineLimits None { get; } = new(null, null);
}
