using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>A regular file that is being written.</summary>
/// <remarks>
/// Order: write, <see cref="SetMetadata"/>, <see cref="Commit"/>. Disposing without a commit removes what was written. A process that
/// dies in between can leave a file behind: private (0600), under its temporary name. A file without a temporary name is one that was
/// there, and is written where it stands: nothing of the above holds for it.
/// </remarks>
internal sealed class TargetFile : ReadableFile
{
    private readonly TargetDirectory _directory;
    private readonly ByteName _name;
    private readonly ByteName _temporaryName;
    private NewFileTraits _traits;
    private bool _isFinished;

    internal TargetFile(int descriptor, TargetDirectory directory, ByteName name, ByteName temporaryName)
        : base(descriptor, directory, name)
    {
        _directory = directory;
        _name = name;
        _temporaryName = temporaryName;
    }

    /// <summary>Writes all of the bytes at an offset. Safe for concurrent calls.</summary>
    /// <exception cref="FileSystemException">Not all could be written.</exception>
    public void WriteAt(long offset, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        while (!bytes.IsEmpty)
        {
            int written = Posix.WriteAt(this, bytes, offset);
            if (written <= 0)
            {
                throw Error("write", written == 0 ? -Posix.EIO : written);
            }
            bytes = bytes[written..];
            offset += written;
        }
    }

    /// <summary>Makes the file as long as it is to be: what is new of it is a hole.</summary>
    /// <exception cref="FileSystemException">It cannot be made so long.</exception>
    public void SetSize(long sizeInBytes)
    {
        int result = Posix.Truncate(this, sizeInBytes);
        if (result < 0)
        {
            throw Error("set the size of", result);
        }
    }

    /// <summary>Takes over all content of another file, sharing its blocks; false if the file system cannot.</summary>
    public bool TryClone(ExistingFile from) => Posix.Clone(this, from) >= 0;

    /// <summary>Makes a range zeros: a hole, where the file system has holes.</summary>
    /// <exception cref="FileSystemException">It cannot be written.</exception>
    public void Clear(long offset, long sizeInBytes)
    {
        if (Posix.PunchHole(this, offset, sizeInBytes) >= 0)
        {
            return;
        }
        ReadOnlySpan<byte> zeros = new byte[64 << 10];
        for (long end = offset + sizeInBytes; offset < end; offset += zeros.Length)
        {
            WriteAt(offset, zeros[..(int)Math.Min(zeros.Length, end - offset)]);
        }
    }

    /// <summary>Disposing leaves the file as it is, for a later run.</summary>
    public void Leave() => _isFinished = true;

    /// <summary>
    /// Sets all metadata but the final flags (<see cref="TargetDirectory.SetFinalFlags(ByteName, FileFlags)"/>). After the last write,
    /// which would change the times and clear set-id bits and capabilities.
    /// </summary>
    public MetadataOutcome SetMetadata(in TargetMetadata metadata) => metadata.Apply(new OpenTarget(this), _traits);

    /// <summary>Waits until the contents and metadata are durable. The name is by <see cref="TargetDirectory.Sync"/>.</summary>
    /// <exception cref="FileSystemException">They may not be.</exception>
    public void Sync()
    {
        int result = Posix.Sync(this);
        if (result < 0)
        {
            throw Error("sync", result);
        }
    }

    /// <summary>Closes the file and gives it its name, in place of what has that name. Once, after all other calls.</summary>
    /// <exception cref="FileSystemException">The file system lost a write, or the name cannot be given: nothing was replaced.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(IsClosed || _isFinished, this);
        _isFinished = true;
        Dispose();
        int result = CloseResult;
        if (result >= 0 && !_temporaryName.IsEmpty)
        {
            result = Posix.RenameAt(_directory, _temporaryName.Span, _name.Span);
            if (result == -Posix.EPERM && _directory.TryLiftFlags(_name))
            {
                result = Posix.RenameAt(_directory, _temporaryName.Span, _name.Span);
            }
        }
        if (result < 0)
        {
            if (!_temporaryName.IsEmpty)
            {
                _ = Posix.UnlinkAt(_directory, _temporaryName.Span);
            }
            throw Error("finish", result);
        }
    }

    internal void Prepare(long sizeInBytes, NewFileTraits traits, FileFlags flags)
    {
        _traits = traits;
        if (traits.Flags is { } current && (flags & FileFlagSets.Early) != 0)
        {
            // Whether it worked is seen when all flags are set.
            _ = FlagSetter.Set(new OpenTarget(this), current, flags, FileFlagSets.Early);
            _traits = traits with { Flags = Posix.GetFlags(this, out uint actual) < 0 ? null : actual };
        }
        int result = sizeInBytes == 0 ? 0 : Posix.Truncate(this, sizeInBytes);
        if (result < 0)
        {
            throw Error("set the size of", result);
        }
    }

    internal void Adopt() => _traits = NewFileTraits.Of(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isFinished)
        {
            _isFinished = true;
            Abandon();
        }
        base.Dispose(disposing);
    }

    // Best effort: the failure that led here is the one to report. What another program has put under the name stays.
    private void Abandon()
    {
        if (!_temporaryName.IsEmpty && !_directory.IsClosed
            && Posix.Stat(this, out FileMetadata own) >= 0
            && Posix.StatAt(_directory, _temporaryName.Span, out FileMetadata named) >= 0
            && (own.Device, own.Inode) == (named.Device, named.Inode))
        {
            _ = Posix.UnlinkAt(_directory, _temporaryName.Span);
        }
    }
}
