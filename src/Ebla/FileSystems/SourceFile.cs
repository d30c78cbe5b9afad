using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>A regular file that is read from its start to its end.</summary>
/// <remarks>
/// Not mapped into memory: another program may cut it short at any time, and then a mapping would kill the process. One reader at a time;
/// <see cref="Descriptor.Stat"/> at any time, for what was really opened, and again after the last read to see whether it changed.
/// </remarks>
internal sealed class SourceFile : Descriptor
{
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

    /// <summary>Tells the system to read far ahead. Worth its call for files of some MiB.</summary>
    public void ExpectSequentialRead() => Posix.AdviseSequential(this);

    internal void CheckType()
    {
        Metadata = Stat();
        if (Metadata.Type != FileType.Regular)
        {
            throw FileSystemException.TypeChanged(Path);
        }
    }
}
