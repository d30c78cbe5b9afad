using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>An open directory that is read. Everything in it is reached by its descriptor and one name, and no link is followed.</summary>
/// <remarks>
/// Safe for concurrent calls. Access times stay as they are where the system permits it (root, and the owner of the file). A path of any
/// depth can be walked, since no path is ever handed to the system but the root's.
/// </remarks>
internal sealed class SourceDirectory : Descriptor
{
    private const int ReadFlags = Posix.O_RDONLY | Posix.O_NOATIME;

    /// <summary>What ends a link target that fits nearly all: PATH_MAX. Some file systems hold longer ones.</summary>
    private const int LinkTargetSizeInBytesUsual = 4096;

    /// <summary>1 MiB: far beyond what any Linux file system stores in a link; a file system that answers more is broken.</summary>
    private const int LinkTargetSizeInBytesMax = 1 << 20;

    private readonly Lock _listing = new();

    private SourceDirectory(int descriptor, Descriptor? parent, ByteName name)
        : base(descriptor, parent, name)
    {
    }

    /// <summary>Opens the directory that the user named; links on the way to it are followed, as everywhere.</summary>
    /// <exception cref="FileSystemException">It cannot be opened.</exception>
    public static SourceDirectory OpenRoot(ByteName path)
    {
        int descriptor = RootPath.Open(path, ReadFlags | Posix.O_DIRECTORY);
        if (descriptor == -Posix.EPERM)
        {
            descriptor = RootPath.Open(path, Posix.O_RDONLY | Posix.O_DIRECTORY);
        }
        return descriptor < 0
            ? throw FileSystemException.FromErrno("open", path, -descriptor)
            : new SourceDirectory(descriptor, null, path);
    }

    /// <summary>
    /// Opens a directory on the way to what the user named: for its own metadata and for entries whose names are known. Needs no right to
    /// list it: other people's folders in /home may only be passed through.
    /// </summary>
    /// <exception cref="FileSystemException">It cannot be opened.</exception>
    public static SourceDirectory OpenWay(ByteName path)
    {
        int descriptor = RootPath.Open(path, Posix.O_PATH | Posix.O_DIRECTORY);
        return descriptor < 0
            ? throw FileSystemException.FromErrno("open", path, -descriptor)
            : new SourceDirectory(descriptor, null, path);
    }

    /// <summary>The metadata of what the user named; of a link itself if the last component is one. Needs no permission to read it.</summary>
    /// <exception cref="FileSystemException">There is no such entry, or the way to it is closed.</exception>
    public static FileMetadata StatRoot(ByteName path)
    {
        int descriptor = RootPath.Open(path, Posix.O_PATH | Posix.O_NOFOLLOW);
        if (descriptor < 0)
        {
            throw FileSystemException.FromErrno("read", path, -descriptor);
        }
        using SourceDirectory place = new(descriptor, null, path);
        return place.Stat();
    }

    /// <summary>A directory that is open for something else.</summary>
    internal static SourceDirectory Reopen(Descriptor directory)
    {
        int descriptor = OpenAgain(directory);
        return descriptor < 0
            ? throw FileSystemException.FromErrno("open", directory.Path, -descriptor)
            : new SourceDirectory(descriptor, null, directory.Path);
    }

    /// <summary>A directory on the way, opened for reading if that is permitted.</summary>
    internal static SourceDirectory? TryReopen(SourceDirectory way)
    {
        int descriptor = OpenAgain(way);
        return descriptor < 0 ? null : new SourceDirectory(descriptor, way, new ByteName("."u8));
    }

    /// <summary>Opens a directory in this one. The caller disposes it; it may outlive this one.</summary>
    /// <exception cref="FileSystemException">It cannot be opened, or is no directory (any more).</exception>
    public SourceDirectory OpenDirectory(ByteName name)
        => new(Open(name, Posix.O_DIRECTORY), this, name);

    /// <summary>Opens this directory again after it was closed, if it is still the same one.</summary>
    /// <param name="from">An open directory: the one above, or one in it.</param>
    /// <param name="isAbove">Whether <paramref name="from"/> is above; else it is a directory in this one.</param>
    /// <param name="identity">The device and inode that it must have.</param>
    /// <returns>The directory, or null if it cannot be opened or another one is found there.</returns>
    public SourceDirectory? TryOpenAgain(SourceDirectory from, bool isAbove, (ulong Device, ulong Inode) identity)
    {
        ReadOnlySpan<byte> name = isAbove ? Name.Span : ".."u8;
        int descriptor = Posix.OpenAt(from, name, ReadFlags | Posix.O_DIRECTORY | Posix.O_NOFOLLOW);
        if (descriptor == -Posix.EPERM)
        {
            descriptor = Posix.OpenAt(from, name, Posix.O_RDONLY | Posix.O_DIRECTORY | Posix.O_NOFOLLOW);
        }
        if (descriptor < 0)
        {
            return null;
        }
        SourceDirectory opened = new(descriptor, Parent, Name);
        if (Posix.Stat(opened, out FileMetadata found) >= 0 && (found.Device, found.Inode) == identity)
        {
            return opened;
        }
        opened.Dispose();
        return null;
    }

    /// <summary>
    /// The metadata of this directory, of the one it really is in, and so on up to the root, or as far as there is a right to pass.
    /// </summary>
    public IEnumerable<FileMetadata> StatUpwards()
    {
        FileMetadata metadata = Stat();
        yield return metadata;
        Descriptor at = this;
        try
        {
            while (true)
            {
                int descriptor = Posix.OpenAt(at, ".."u8, Posix.O_PATH | Posix.O_DIRECTORY);
                if (descriptor < 0)
                {
                    yield break;
                }
                SourceDirectory above = new(descriptor, null, at.Path.Join(new ByteName(".."u8)));
                if (!ReferenceEquals(at, this))
                {
                    at.Dispose();
                }
                at = above;
                FileMetadata next = above.Stat();
                if ((next.Device, next.Inode) == (metadata.Device, metadata.Inode))
                {
                    yield break; // The root is its own parent.
                }
                metadata = next;
                yield return metadata;
            }
        }
        finally
        {
            if (!ReferenceEquals(at, this))
            {
                at.Dispose();
            }
        }
    }

    /// <summary>Reads all names: sorted, each once, without "." and "..".</summary>
    /// <exception cref="FileSystemException">The directory cannot be read to its end.</exception>
    public DirectoryListing ReadNames()
    {
        using DirectoryListing.Builder builder = new();
        lock (_listing) // The position in the directory belongs to the descriptor.
        {
            int result = Posix.Rewind(this);
            while (result >= 0 && (result = Posix.GetDirectoryEntries(this, builder.Scratch)) > 0)
            {
                if (!builder.Add(result))
                {
                    throw FileSystemException.Refused(
                        "list", Path, $"its names take more than {DirectoryListing.SizeInBytesMax >> 20} MiB");
                }
            }
            if (result < 0)
            {
                throw Error("list", result);
            }
        }
        return builder.Build();
    }

    /// <summary>The metadata of an entry; of a link itself. Opens nothing.</summary>
    /// <exception cref="FileSystemException">There is no such entry, or the call fails.</exception>
    public FileMetadata Stat(ReadOnlySpan<byte> name)
    {
        Check(name);
        int result = Posix.StatAt(this, name, out FileMetadata metadata);
        return result < 0 ? throw Error("read the metadata of", name, result) : metadata;
    }

    /// <summary>Opens a regular file. The caller disposes it; it may outlive this directory.</summary>
    /// <exception cref="FileSystemException">It cannot be opened, or is no regular file (any more). Never blocks on a FIFO.</exception>
    public SourceFile OpenFile(ByteName name)
    {
        // Not blocking: a FIFO put in the file's place would otherwise wait for a writer for ever. No effect on regular files.
        // Not a controlling terminal: for a terminal device put in its place.
        SourceFile file = new(Open(name, Posix.O_NONBLOCK | Posix.O_NOCTTY), this, name);
        try
        {
            file.CheckType();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What a symbolic link holds: any bytes.</summary>
    /// <exception cref="FileSystemException">There is no such link (any more).</exception>
    public ByteName ReadLink(ByteName name)
    {
        Check(name.Span);
        for (int size = LinkTargetSizeInBytesUsual; size <= LinkTargetSizeInBytesMax; size *= 2)
        {
            using RentedBuffer buffer = new(size);
            int length = Posix.ReadLinkAt(this, name.Span, buffer.Span);
            if (length < 0)
            {
                // EINVAL: there is no link of that name, but something else.
                throw Error("read the link", name.Span, length == -Posix.EINVAL ? -Posix.ENOTDIR : length);
            }
            if (length < size)
            {
                return new ByteName(buffer.Span[..length]);
            }
        }
        throw Error("read the link", name.Span, -Posix.ENAMETOOLONG);
    }

    private static int OpenAgain(Descriptor directory)
    {
        int descriptor = Posix.OpenAt(directory, "."u8, ReadFlags | Posix.O_DIRECTORY);
        return descriptor == -Posix.EPERM ? Posix.OpenAt(directory, "."u8, Posix.O_RDONLY | Posix.O_DIRECTORY) : descriptor;
    }

    private int Open(ByteName name, int flags)
    {
        Check(name.Span);
        flags |= Posix.O_NOFOLLOW;
        int descriptor = Posix.OpenAt(this, name.Span, ReadFlags | flags);
        if (descriptor == -Posix.EPERM)
        {
            // Only root and the owner may leave the access time alone.
            descriptor = Posix.OpenAt(this, name.Span, Posix.O_RDONLY | flags);
        }
        if (descriptor == -Posix.EAGAIN)
        {
            descriptor = OpenLeased(name);
        }
        return descriptor < 0 ? throw Error("open", name.Span, descriptor) : descriptor;
    }

    // Another program (a file server) holds a lease on the file. The failed try has asked for it; now wait until it is given back, which
    // the kernel enforces after /proc/sys/fs/lease-break-time. What is waited for must be a regular file, so it is held on to first.
    private int OpenLeased(ByteName name)
    {
        int place = Posix.OpenAt(this, name.Span, Posix.O_PATH | Posix.O_NOFOLLOW);
        if (place < 0)
        {
            return place;
        }
        using SourceFile file = new(place, this, name);
        file.CheckType();
        return Posix.OpenAt(
            WorkingDirectory, System.Text.Encoding.ASCII.GetBytes($"/proc/self/fd/{place}"), Posix.O_RDONLY | Posix.O_NOCTTY);
    }

    private void Check(ReadOnlySpan<byte> name)
    {
        if (!EntryName.StaysInside(name))
        {
            throw FileSystemException.Refused("open", PathOf(name), "that is not the name of an entry");
        }
    }
}
