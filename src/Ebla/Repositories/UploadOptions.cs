namespace Ebla.Repositories;

/// <summary>How an upload is done. Memory is bounded by these numbers, not by the data.</summary>
public sealed record UploadOptions
{
    /// <summary>A pack is closed when its frames reach this many bytes.</summary>
    /// <value>16 MiB: few enough objects, and four of them fit into the memory budget (docs/adr/0020-pipeline.md).</value>
    public int PackSizeInBytes { get; init; } = 16 << 20;

    /// <summary>Blobs are gathered to frames of about this many bytes of plaintext.</summary>
    /// <value>1 MiB, chosen by measurement (docs/adr, "Chunk and frame sizes").</value>
    public int FrameSizeInBytes { get; init; } = 1 << 20;

    /// <summary>zstd's level.</summary>
    /// <value>3, zstd's own default.</value>
    public int CompressionLevel { get; init; } = 3;

    /// <summary>Threads that compress and encrypt.</summary>
    /// <value>One per processor.</value>
    public int SealerCount { get; init; } = Environment.ProcessorCount;

    /// <summary>Packs on their way to the back-end at once.</summary>
    public int PutsInFlightMax { get; init; } = 2;

    /// <summary>Time between two signs of life.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMinutes(1);
}
