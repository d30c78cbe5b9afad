using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>A regular file that is read from its start to its end.</summary>
/// <remarks>
/// Not mapped into memory: another program may cut it short at any time, and then a mapping would kill the process. One reader at a time;
/// <see cref="Descriptor.Stat"/> at any time, for what was really opened, and again after the last read to see whether it changed.
/// </remarks>
internal sealed class SourceFile : Descriptor, IContentSource
{
    // Twice the read-ahead is worth its call from here on.
    private const long ReadAheadSizeInBytesMin = 4 << 20;

    private long _position;
    private long _extentEnd;

    internal SourceFile(int descriptor, SourceDirectory directory, ByteName name)
        : base(descriptor, directory, name)
    {
    }

    /// <value>The metadata at opening, of the very file that is read.</value>
    public FileMetadata Metadata { get; private set; }

    /// <summary>Reads the next bytes: at most the buffer, at least one, or 0 at the end of the file as it is now.</summary>
    /// <exception cref="FileSystemException">The file cannot be read on.</exception>
    public int Read(Span<byte> buffer)
    {
        int result = Posix.Read(this, buffer);
        return result < 0 ? throw Error("read", result) : result;
    }

    /// <summary>The content as far as it reached when the file was opened.</summary>
    public long? NextExtent()
    {
        if (_extentEnd == Metadata.SizeInBytes)
        {
            return null;
        }
        if (Metadata.SizeInBytes >= ReadAheadSizeInBytesMin)
        {
            Posix.AdviseSequential(this);
        }
        _extentEnd = Metadata.SizeInBytes;
        return 0;
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int size = (int)Math.Min(buffer.Length, _extentEnd - _position);
        int read = size == 0 ? 0 : Read(buffer.Span[..size]);
        _position += read;
        return new ValueTask<int>(read);
    }

    internal void CheckType()
    {
        Metadata = Stat();
        if (Metadata.Type != FileType.Regular)
        {
            throw FileSystemException.TypeChanged(Path);
        }
    }
}
