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
    private bool _isSparse;
    private bool _isDense;

    internal SourceFile(int descriptor, SourceDirectory directory, ByteName name)
        : base(descriptor, directory, name)
    {
    }

    /// <value>The metadata at opening, or when <see cref="SettleAsync"/> looked last, of the very file that is read.</value>
    public FileMetadata Metadata { get; private set; }

    /// <summary>Reads the next bytes: at most the buffer, at least one, or 0 at the end of the file as it is now.</summary>
    /// <exception cref="FileSystemException">The file cannot be read on.</exception>
    public int Read(Span<byte> buffer)
    {
        int result = Posix.Read(this, buffer);
        return result < 0 ? throw Error("read", result) : result;
    }

    /// <summary>Reads from an offset on, wherever the position is: at most the buffer, at least one byte, or 0 at the end as it is now.</summary>
    /// <exception cref="FileSystemException">The file cannot be read there.</exception>
    public int ReadAt(Span<byte> buffer, long offset)
    {
        int result = Posix.ReadAt(this, buffer, offset);
        return result < 0 ? throw Error("read", result) : result;
    }

    /// <summary>
    /// The content as far as it reached when the file was opened, with its holes as the file system tells them. Ends early where the
    /// file has been cut short since.
    /// </summary>
    public long? NextExtent()
    {
        long size = Metadata.SizeInBytes;
        if (_position == size || _position < _extentEnd)
        {
            return null;
        }
        if (_position == 0)
        {
            // Blocks say nothing of holes: space that was allocated and never written reads as a hole. Seeking moves the descriptor's place.
            _isDense = Posix.SeekHole(this, 0) >= size;
            _isSparse = true;
            if (size >= ReadAheadSizeInBytesMin)
            {
                Posix.AdviseSequential(this);
            }
        }
        return FindExtent(size);
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int size = (int)Math.Min(buffer.Length, _extentEnd - _position);
        int read = size switch
        {
            0 => 0,
            _ when _isSparse => ReadAt(buffer.Span[..size], _position),
            _ => Read(buffer.Span[..size]),
        };
        _position += read;
        return new ValueTask<int>(read);
    }

    /// <summary>
    /// The first byte from the offset on that may differ from zero; the size, if there is none. Reads nothing. Where the file system
    /// tells of no holes, that is the offset itself.
    /// </summary>
    public long FindData(long offset)
    {
        long data = Posix.SeekData(this, offset);
        return data == -Posix.ENXIO ? Metadata.SizeInBytes : Math.Max(data, offset);
    }

    /// <summary>
    /// Waits, where it must, until a change made from now on will move the file's change time. A file changed in the very tick of the
    /// clock in which it is read could be changed again without any sign of it: the "racy git" problem.
    /// </summary>
    /// <returns>False if the file is changed so often that waiting does not help.</returns>
    /// <remarks>Call before reading. Costs a look at the clock unless the file was changed just now.</remarks>
    public async ValueTask<bool> SettleAsync(CancellationToken cancellationToken)
    {
        const int LooksMax = 3;
        for (int look = 1; ; look++)
        {
            TimeSpan wait = FileTick.TimeLeft(Metadata.ChangedTime, Posix.FileClock());
            if (wait == TimeSpan.Zero || look == LooksMax)
            {
                return wait == TimeSpan.Zero;
            }
            await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
            Metadata = Stat();
        }
    }

    /// <summary>Lets the system forget the content, so that the next read asks the disk.</summary>
    public void ForgetCached() => Posix.AdviseNotNeeded(this);

    internal void CheckType()
    {
        Metadata = Stat();
        if (Metadata.Type != FileType.Regular)
        {
            throw FileSystemException.TypeChanged(Path);
        }
    }

    private long FindExtent(long size)
    {
        long begin = _position;
        _extentEnd = size;
        if (_isDense)
        {
            return 0;
        }
        long data = Posix.SeekData(this, begin);
        if (data == -Posix.ENXIO)
        {
            _position = size; // One hole to the end.
        }
        else if (data < begin)
        {
            _isDense = true; // This file system does not tell of holes (EINVAL): what is left is read.
        }
        else
        {
            _isSparse = true;
            _position = Math.Min(data, size);
            long hole = Posix.SeekHole(this, _position);
            // Not behind the data: it was removed between the two calls. Then the rest is read, and the change seen afterwards.
            _isDense = hole <= _position;
            _extentEnd = _isDense ? size : Math.Min(hole, size);
        }
        return _position - begin;
    }
}
