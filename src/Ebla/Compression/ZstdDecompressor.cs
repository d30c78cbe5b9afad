using Ebla.Primitives;

namespace Ebla.Compression;

/// <summary>
/// Decompresses what <see cref="ZstdCompressor"/> wrote, and refuses all else. Safe on hostile input: memory and time are bounded by the
/// sizes of source and destination. Keeps its working memory; one thread at a time.
/// </summary>
internal sealed class ZstdDecompressor : IDisposable
{
    private readonly ZstdLibrary _library;
    private readonly ZstdContext _context;

    /// <summary>Allocates the working memory.</summary>
    public ZstdDecompressor()
        : this(ZstdLibrary.Default)
    {
    }

    /// <summary>As the other, with a library of the caller's choice.</summary>
    internal ZstdDecompressor(ZstdLibrary library)
    {
        _library = library;
        _context = library.NewDecompressionContext();
    }

    /// <summary>Decompresses one frame.</summary>
    /// <param name="source">The frame, all of it and nothing else.</param>
    /// <param name="destination">As long as the content is known to be. Undefined after an exception.</param>
    /// <exception cref="CorruptDataException">
    /// The source is no zstd frame or more than one; it is damaged; its header gives no content size or another than the length of
    /// <paramref name="destination"/>, a window over 8 MiB, a dictionary or a checksum.
    /// </exception>
    public void Decompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        CheckFrame(source, destination.Length);
        nuint contentSize = _library.Decompress(_context, source, destination);
        Check(contentSize);
        if (contentSize != (nuint)destination.Length)
        {
            throw new CorruptDataException(
                $"Compressed data: the zstd frame holds {contentSize} bytes; {destination.Length} are expected.");
        }
    }

    /// <summary>Checks all that can be checked of a frame without decompressing it.</summary>
    /// <exception cref="CorruptDataException">As <see cref="Decompress"/>.</exception>
    public void CheckFrame(ReadOnlySpan<byte> source, int contentSizeInBytes)
    {
        ZstdFrameHeader header = ZstdFrameHeader.Read(source);
        if (header.ContentSize != (ulong)contentSizeInBytes)
        {
            throw new CorruptDataException(
                $"Compressed data: the zstd frame says it holds {header.ContentSize} bytes; {contentSizeInBytes} are expected.");
        }
        // The library would go on to a second frame, or past one of the kind that is skipped.
        nuint frameSize = _library.FindFrameSize(source);
        Check(frameSize);
        if (frameSize != (nuint)source.Length)
        {
            throw new CorruptDataException(
                $"Compressed data: {source.Length} bytes where the zstd frame is {frameSize} bytes long.");
        }
    }

    /// <summary>Frees the working memory.</summary>
    public void Dispose() => _context.Dispose();

    private void Check(nuint result)
    {
        if (_library.IsError(result))
        {
            throw new CorruptDataException($"Compressed data: the zstd frame is damaged: {_library.ErrorName(result)}.");
        }
    }
}
