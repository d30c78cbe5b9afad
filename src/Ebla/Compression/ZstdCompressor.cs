namespace Ebla.Compression;

/// <summary>Compresses blocks, each to one zstd frame that says its content size. Keeps its working memory; one thread at a time.</summary>
internal sealed class ZstdCompressor : IDisposable
{
    /// <summary>The fastest level: zstd's own -7, fast and weak.</summary>
    public const int LevelMin = -7;

    /// <summary>The strongest level. Above it windows exceed what a reader allows (<see cref="ZstdFrameHeader.WindowSizeMax"/>).</summary>
    public const int LevelMax = 19;

    /// <summary>The largest source. It keeps every size in this namespace well inside an int.</summary>
    public const int SourceSizeMax = 1 << 30;

    private readonly ZstdLibrary _library;
    private readonly ZstdContext _context;

    /// <summary>Allocates the working memory.</summary>
    /// <param name="level"><see cref="LevelMin"/> to <see cref="LevelMax"/>, where 0 means zstd's default, 3.</param>
    public ZstdCompressor(int level)
        : this(level, ZstdLibrary.Default)
    {
    }

    /// <summary>As the other, with a library of the caller's choice.</summary>
    internal ZstdCompressor(int level, ZstdLibrary library)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, LevelMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, LevelMax);
        _library = library;
        _context = library.NewCompressionContext(level);
    }

    /// <summary>A size of destination in which every source of this size fits.</summary>
    public static int CompressBound(int sourceSizeInBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sourceSizeInBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sourceSizeInBytes, SourceSizeMax);
        // ZSTD_COMPRESSBOUND of zstd.h.
        const int SmallSize = 128 << 10;
        int smallMargin = sourceSizeInBytes < SmallSize ? (SmallSize - sourceSizeInBytes) >> 11 : 0;
        return sourceSizeInBytes + (sourceSizeInBytes >> 8) + smallMargin;
    }

    /// <summary>Compresses a block.</summary>
    /// <param name="source">At most <see cref="SourceSizeMax"/> bytes; may be empty.</param>
    /// <param name="destination">
    /// Gets the frame. Make it shorter than the source to learn cheaply that the block does not shrink.
    /// </param>
    /// <returns>
    /// The size of the frame, or 0 if it does not fit, which cannot be if <paramref name="destination"/> is
    /// <see cref="CompressBound"/> long. Then the contents of the destination are undefined.
    /// </returns>
    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(source.Length, SourceSizeMax, nameof(source));
        nuint result = _library.Compress(_context, source, destination);
        if (!_library.IsError(result))
        {
            return checked((int)result);
        }
        return ZstdLibrary.IsDestinationTooSmall(result)
            ? 0
            : throw new InvalidOperationException(
                $"zstd could not compress {source.Length} bytes: {_library.ErrorName(result)}.");
    }

    /// <summary>Frees the working memory.</summary>
    public void Dispose() => _context.Dispose();
}
