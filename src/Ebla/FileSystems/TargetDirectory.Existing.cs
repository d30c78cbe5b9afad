using System.Security.Cryptography;
using System.Text;
using Ebla.Primitives;

namespace Ebla.FileSystems;

// What is in the directory already.
internal sealed partial class TargetDirectory
{
    /// <summary>What all temporary names begin with.</summary>
    public static ReadOnlySpan<byte> TemporaryPrefix => ".ebla-restore-"u8;

    /// <summary>The name that an entry has until it is whole.</summary>
    public ByteName TemporaryNameOf(ByteName name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _ = SHA256.HashData([.. _salt.Span, .. name.Span], hash);
        return new ByteName([.. TemporaryPrefix, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash[..8]))]);
    }

    /// <summary>The metadata of an entry, of a link itself; null if there is none.</summary>
    /// <exception cref="FileSystemException">The system does not tell.</exception>
    public FileMetadata? Find(ByteName name)
    {
        Check(name);
        int result = Posix.StatAt(this, name.Span, out FileMetadata metadata);
        return result >= 0 ? metadata : result == -Posix.ENOENT ? null : throw Error("read the metadata of", name.Span, result);
    }

    /// <summary>Opens a regular file; null if there is none of that name, or one that we may not read.</summary>
    public ExistingFile? TryOpenFile(ByteName name)
    {
        const int Flags = Posix.O_RDONLY | Posix.O_NONBLOCK | Posix.O_NOCTTY;
        Check(name);
        int descriptor = Posix.OpenAt(this, name.Span, Flags | Posix.O_NOFOLLOW | Posix.O_NOATIME);
        if (descriptor == -Posix.EPERM)
        {
            descriptor = Posix.OpenAt(this, name.Span, Flags | Posix.O_NOFOLLOW);
        }
        if (descriptor < 0)
        {
            return null;
        }
        ExistingFile file = new(descriptor, this, name);
        if (Posix.Stat(file, out FileMetadata metadata) >= 0 && metadata.Type == FileType.Regular)
        {
            file.Metadata = metadata;
            return file;
        }
        file.Dispose();
        return null;
    }

    /// <summary>What a symbolic link holds; null if there is none of that name.</summary>
    public ByteName? TryReadLink(ByteName name)
    {
        Check(name);
        using RentedBuffer buffer = new(Posix.PathSizeInBytesMax);
        int length = Posix.ReadLinkAt(this, name.Span, buffer.Span);
        return length < 0 || length == buffer.Length ? null : new ByteName(buffer.Span[..length]);
    }

    /// <summary>Sets the metadata of a file that stays as it is.</summary>
    public static MetadataOutcome SetMetadata(ExistingFile file, in TargetMetadata metadata)
        => metadata.Apply(new OpenTarget(file), current: null);

    /// <summary>Opens the unfinished file that a run which died has left under the temporary name of an entry; null if there is none.</summary>
    public TargetFile? TryOpenTemporary(ByteName name)
    {
        Check(name);
        return TryOpenForWriting(name, TemporaryNameOf(name));
    }

    /// <summary>Opens a regular file to write into it where it stands.</summary>
    /// <exception cref="FileSystemException">It cannot be opened.</exception>
    public TargetFile OpenInPlace(ByteName name)
    {
        Check(name);
        _ = TryLiftFlags(name);
        return TryOpenForWriting(name, default) ?? throw Error("write into", name.Span, -Posix.ENOENT);
    }

    /// <summary>Removes an entry that is no directory. That it is not there is a success.</summary>
    /// <exception cref="FileSystemException">It cannot be removed.</exception>
    public void RemoveEntry(ByteName name)
    {
        Check(name);
        int result = Posix.UnlinkAt(this, name.Span);
        if (result == -Posix.EPERM && TryLiftFlags(name))
        {
            result = Posix.UnlinkAt(this, name.Span);
        }
        ThrowIfFailed("remove", name, result == -Posix.ENOENT ? 0 : result);
    }

    /// <summary>Takes the flags off a file that forbid to change or replace it; false if it has none, or that is not permitted.</summary>
    public bool TryLiftFlags(ByteName name)
    {
        using ExistingFile? file = TryOpenFile(name);
        if (file is null)
        {
            return false;
        }
        OpenTarget target = new(file);
        return target.GetFlags(out uint flags) >= 0 && (flags & (uint)FileFlagSets.Final) != 0
            && FlagSetter.Set(target, flags, FileFlags.None, FileFlagSets.Final) >= 0;
    }

    /// <summary>Removes an empty directory.</summary>
    /// <exception cref="FileSystemException">It cannot be removed.</exception>
    public void RemoveDirectory(ByteName name)
    {
        Check(name);
        ThrowIfFailed("remove", name, Posix.RemoveDirectoryAt(this, name.Span));
    }

    /// <summary>The directory that this one is in, if it is the expected one; null if this one was moved.</summary>
    public TargetDirectory? TryOpenParent(in FileMetadata expected, ByteName name)
    {
        int descriptor = Posix.OpenAt(this, ".."u8, Posix.O_RDONLY | Posix.O_DIRECTORY | Posix.O_NOFOLLOW);
        if (descriptor < 0)
        {
            return null;
        }
        TargetDirectory parent = new(descriptor, null, name, _salt);
        if (Posix.Stat(parent, out FileMetadata actual) >= 0 && (actual.Device, actual.Inode) == (expected.Device, expected.Inode))
        {
            return parent;
        }
        parent.Dispose();
        return null;
    }

    /// <summary>Waits until all that was written to this file system is durable.</summary>
    /// <exception cref="FileSystemException">It is not: something was lost.</exception>
    public void SyncFileSystem() => ThrowIfFailed("write to the disk what is in", default, Posix.SyncFileSystem(this));

    // Other people's files and those with a second name are nothing that we left.
    private TargetFile? TryOpenForWriting(ByteName name, ByteName temporary)
    {
        ByteName opened = temporary.IsEmpty ? name : temporary;
        int descriptor = Posix.OpenAt(
            this, opened.Span, Posix.O_RDWR | Posix.O_NOFOLLOW | Posix.O_NONBLOCK | Posix.O_NOCTTY);
        if (descriptor < 0)
        {
            return temporary.IsEmpty && descriptor != -Posix.ENOENT ? throw Error("write into", name.Span, descriptor) : null;
        }
        TargetFile file = new(descriptor, this, name, temporary);
        try
        {
            FileMetadata metadata = file.Stat();
            bool isOurs = metadata.Type == FileType.Regular
                && (temporary.IsEmpty || (metadata.LinkCount == 1 && metadata.UserId == Posix.EffectiveUserId()));
            if (isOurs)
            {
                file.Adopt();
                return file;
            }
            file.Leave();
            file.Dispose();
            return null;
        }
        catch
        {
            file.Leave();
            file.Dispose();
            throw;
        }
    }
}
