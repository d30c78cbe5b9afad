namespace Ebla.Compression;

/// <summary>
/// The few zstd functions that Ebla needs, from one of two implementations of the same source: the native library, which is up to
/// twice as fast, or its port to C# where there is none for the platform. Their frames are interchangeable.
/// </summary>
internal abstract unsafe class ZstdLibrary
{
    private const nuint DestinationTooSmallError = 70;

    /// <summary>The native library if it can be loaded, or else the managed one. Chosen once.</summary>
    public static ZstdLibrary Default { get; } = NativeZstd.TryLoad() ?? (ZstdLibrary)ManagedZstd.Instance;

    /// <summary>"native" or "managed", and the version.</summary>
    public abstract string Description { get; }

    /// <summary>A context that compresses at this level; frames get their content size, no checksum and no dictionary id.</summary>
    public abstract ZstdContext NewCompressionContext(int level);

    public abstract ZstdContext NewDecompressionContext();

    /// <summary>Writes one frame; the result is its size or an error.</summary>
    public abstract nuint Compress(ZstdContext context, ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>Reads all frames; the result is the size of the content or an error.</summary>
    public abstract nuint Decompress(ZstdContext context, ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>The size of the first frame, or an error.</summary>
    public abstract nuint FindFrameSize(ReadOnlySpan<byte> source);

    public abstract bool IsError(nuint result);

    public abstract string ErrorName(nuint result);

    public abstract void FreeCompressionContext(nint context);

    public abstract void FreeDecompressionContext(nint context);

    /// <summary>Whether an error result says that the destination was too small. zstd keeps the numbers of errors below 100.</summary>
    public static bool IsDestinationTooSmall(nuint result) => unchecked(0 - result) == DestinationTooSmallError;

    protected ZstdContext Checked(nint context, bool isCompression)
        => context != 0
            ? new ZstdContext(this, context, isCompression)
            : throw new InsufficientMemoryException("No memory for a zstd context.");

    protected void CheckParameter(nuint result)
    {
        if (IsError(result))
        {
            throw new InvalidOperationException($"zstd refused a parameter: {ErrorName(result)}.");
        }
    }
}
