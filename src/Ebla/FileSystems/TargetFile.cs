using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>A regular file that is being written.</summary>
/// <remarks>
/// Order: write, <see cref="SetMetadata"/>, <see cref="Commit"/>. Disposing without a commit removes what was written. A process that
/// dies in between can leave a file behind: private (0600), with its final name only if there was nothing under it.
/// </remarks>
internal sealed class TargetFile : Descriptor
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

    private ByteName CurrentName => _temporaryName.IsEmpty ? _name : _temporaryName;

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
        }
        if (result < 0)
        {
            _ = Posix.UnlinkAt(_directory, CurrentName.Span);
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
        if (!_directory.IsClosed
            && Posix.Stat(this, out FileMetadata own) >= 0
            && Posix.StatAt(_directory, CurrentName.Span, out FileMetadata named) >= 0
            && (own.Device, own.Inode) == (named.Device, named.Inode))
        {
            _ = Posix.UnlinkAt(_directory, CurrentName.Span);
        }
    }
}
