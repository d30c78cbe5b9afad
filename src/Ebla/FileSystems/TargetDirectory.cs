using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>An open directory that is written to. Whatever names it is given, nothing outside the root is touched.</summary>
/// <remarks>
/// Safe for concurrent calls. A name must be that of one entry: not empty, "." or "..", no slash, no zero, 255 bytes at most. Each
/// directory is opened from its parent's descriptor without following links, so a link in the target, planted by the snapshot or by another
/// program, leads nowhere. What is in the way of an entry (a file, a link) is replaced; a directory in the way of something else is not.
/// New entries belong to their maker alone (0700, 0600) until their metadata are set. A file never stands under its name before it is
/// whole: until then it has a temporary one beside it, which is always the same for the same name and salt.
/// </remarks>
internal sealed partial class TargetDirectory : Descriptor
{
    private const uint PrivateDirectoryMode = 0x1C0; // 0700
    private const uint PrivateFileMode = 0x180; // 0600

    /// <summary>How often to try again when another program changes the directory at the same time.</summary>
    private const int AttemptsMax = 8;

    // Boxed, so that it is read and written whole on any thread.
    private volatile object? _newFileTraits;

    // Makes temporary names differ from all names that a snapshot can hold.
    private readonly ByteName _salt;

    private TargetDirectory(int descriptor, Descriptor? parent, ByteName name, ByteName salt)
        : base(descriptor, parent, name) => _salt = salt;

    /// <value>Whether it was made by us just now, so that nothing can be in it.</value>
    public bool IsNew { get; private init; }

    /// <summary>Opens the directory that the user named, and makes it (0700) and its parents (0777 less the umask) where missing.</summary>
    /// <remarks>Links on the way to it are followed, as everywhere.</remarks>
    /// <exception cref="FileSystemException">It cannot be opened or made.</exception>
    /// <param name="path">Where.</param>
    /// <param name="salt">Goes into temporary names: a run with the same salt finds what an earlier one has left.</param>
    public static TargetDirectory OpenOrCreateRoot(ByteName path, ByteName salt = default)
    {
        int descriptor = RootPath.OpenOrCreate(path, Posix.O_RDONLY | Posix.O_DIRECTORY);
        return descriptor < 0
            ? throw FileSystemException.FromErrno("make the directory", path, -descriptor)
            : new TargetDirectory(descriptor, null, path, salt);
    }

    /// <summary>Opens a directory in this one, or makes it. Anything else of that name, also a link to a directory, is removed.</summary>
    /// <exception cref="FileSystemException">It cannot be opened or made.</exception>
    public TargetDirectory OpenOrCreateDirectory(ByteName name)
    {
        Check(name);
        int result = 0;
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            result = Posix.MakeDirectoryAt(this, name.Span, PrivateDirectoryMode);
            if (result < 0 && result != -Posix.EEXIST)
            {
                break;
            }
            bool isNew = result >= 0;
            result = Posix.OpenAt(this, name.Span, Posix.O_RDONLY | Posix.O_DIRECTORY | Posix.O_NOFOLLOW);
            if (result == -Posix.EACCES)
            {
                // One's own directory, closed to oneself. Of a link in its place this is refused.
                _ = Posix.ChangeModeAt(this, name.Span, (int)PrivateDirectoryMode);
                result = Posix.OpenAt(this, name.Span, Posix.O_RDONLY | Posix.O_DIRECTORY | Posix.O_NOFOLLOW);
            }
            if (result >= 0)
            {
                TargetDirectory directory = new(result, this, name, _salt) { IsNew = isNew };
                if (!isNew)
                {
                    directory.MakeWritable();
                }
                return directory;
            }
            if (result is -Posix.ENOTDIR or -Posix.ELOOP)
            {
                result = Posix.UnlinkAt(this, name.Span);
            }
            // ENOENT: removed by someone else between the two calls.
            if (result < 0 && result != -Posix.ENOENT)
            {
                break;
            }
        }
        throw Error("make the directory", name.Span, result < 0 ? result : -Posix.EEXIST);
    }

    /// <summary>Opens a directory in this one if it is there. Cheaper than making it, where that was done before.</summary>
    public TargetDirectory? TryOpenDirectory(ByteName name)
    {
        Check(name);
        int descriptor = Posix.OpenAt(this, name.Span, Posix.O_RDONLY | Posix.O_DIRECTORY | Posix.O_NOFOLLOW);
        return descriptor < 0 ? null : new TargetDirectory(descriptor, this, name, _salt);
    }

    /// <summary>Opens this directory again after it was closed, by the ".." of a directory in it, if it is still the same one.</summary>
    /// <param name="below">An open directory that was opened in this one.</param>
    /// <param name="identity">The device and inode that it must have, so that a directory moved elsewhere leads nowhere.</param>
    public TargetDirectory? TryOpenAgain(TargetDirectory below, (ulong Device, ulong Inode) identity)
    {
        int descriptor = Posix.OpenAt(below, ".."u8, Posix.O_RDONLY | Posix.O_DIRECTORY);
        if (descriptor < 0)
        {
            return null;
        }
        TargetDirectory opened = new(descriptor, Parent, Name, _salt);
        if (Posix.Stat(opened, out FileMetadata found) >= 0 && (found.Device, found.Inode) == identity)
        {
            return opened;
        }
        opened.Dispose();
        return null;
    }

    /// <summary>This directory for reading what is there already.</summary>
    /// <exception cref="FileSystemException">It cannot be opened once more.</exception>
    public SourceDirectory OpenForReading() => SourceDirectory.Reopen(this);

    /// <summary>Begins a file. It stands under its name, whole, once <see cref="TargetFile.Commit"/> has returned.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="sizeInBytes">
    /// More than 0 gives it its size at once, as one hole, for pieces written in any order, or not at all where they are zeros. 0 is right
    /// for a file that is written from start to end.
    /// </param>
    /// <param name="flags">The flags that it is to have: some must be there before it is written (<see cref="FileFlagSets.Early"/>).</param>
    /// <remarks>
    /// Until then it is beside it, under a name that starts with ".ebla-restore-"; after a crash such a name can be left over. What is
    /// left over under the very name is removed.
    /// This directory must stay open until the file is committed or disposed.
    /// </remarks>
    /// <exception cref="FileSystemException">It cannot be made; or a directory has its name.</exception>
    public TargetFile CreateFile(ByteName name, long sizeInBytes, FileFlags flags = FileFlags.None)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeInBytes);
        Check(name);
        if (!IsNew)
        {
            RefuseDirectory(name);
        }
        ByteName temporary = TemporaryNameOf(name);
        int descriptor = -Posix.EEXIST;
        for (int attempt = 0; attempt < AttemptsMax && descriptor == -Posix.EEXIST; attempt++)
        {
            descriptor = Posix.OpenAt(
                this, temporary.Span, Posix.O_RDWR | Posix.O_CREAT | Posix.O_EXCL | Posix.O_NOFOLLOW, PrivateFileMode);
            if (descriptor == -Posix.EEXIST)
            {
                _ = Posix.UnlinkAt(this, temporary.Span);
            }
        }
        if (descriptor < 0)
        {
            throw Error("create", name.Span, descriptor);
        }
        TargetFile file = new(descriptor, this, name, temporary);
        try
        {
            file.Prepare(sizeInBytes, NewFileTraitsOf(file), flags);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes a symbolic link that holds <paramref name="target"/>; it is not looked at.</summary>
    /// <exception cref="FileSystemException">It cannot be made; or a directory has its name.</exception>
    public void CreateSymbolicLink(ByteName name, ByteName target)
    {
        Check(name);
        int result = Posix.SymbolicLinkAt(target.Span, this, name.Span);
        if (result == -Posix.EEXIST)
        {
            RefuseDirectory(name);
            ByteName temporary = FreeTemporaryName(name);
            result = Replace(Posix.SymbolicLinkAt(target.Span, this, temporary.Span), temporary, name);
        }
        ThrowIfFailed("make the symbolic link", name, result);
    }

    /// <summary>Gives a file, or a link, FIFO, socket or device, a second name.</summary>
    /// <exception cref="FileSystemException">
    /// It cannot be made (EXDEV, EMLINK, and EPERM are ordinary: copy instead); or a directory has its name.
    /// </exception>
    public void CreateHardLink(TargetDirectory existingIn, ByteName existing, ByteName name)
    {
        ArgumentNullException.ThrowIfNull(existingIn);
        existingIn.Check(existing);
        Check(name);
        int result = Posix.LinkAt(existingIn, existing.Span, this, name.Span);
        if (result == -Posix.EEXIST)
        {
            RefuseDirectory(name);
            ByteName temporary = FreeTemporaryName(name);
            result = Replace(Posix.LinkAt(existingIn, existing.Span, this, temporary.Span), temporary, name);
            // A rename between two names of the same file does nothing, and leaves both.
            _ = Posix.UnlinkAt(this, temporary.Span);
        }
        ThrowIfFailed("make the hard link", name, result);
    }

    /// <summary>Makes a FIFO, a socket or a device node, with no permissions until its metadata are set.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">What to make.</param>
    /// <param name="device">For the two kinds of devices.</param>
    /// <exception cref="FileSystemException">It cannot be made (only root makes devices); or a directory has its name.</exception>
    public void MakeNode(ByteName name, FileType type, DeviceNumber device = default)
    {
        Check(name);
        int result = Posix.MakeNodeAt(this, name.Span, type, 0, device);
        if (result == -Posix.EEXIST)
        {
            RefuseDirectory(name);
            ByteName temporary = FreeTemporaryName(name);
            result = Replace(Posix.MakeNodeAt(this, temporary.Span, type, 0, device), temporary, name);
        }
        ThrowIfFailed("make the special file", name, result);
    }

    /// <summary>Sets the metadata of a link itself, a FIFO, a socket or a device. Files and directories have their own.</summary>
    public MetadataOutcome SetMetadata(ByteName name, bool isSymbolicLink, in TargetMetadata metadata)
    {
        Check(name);
        return metadata.Apply(new NamedTarget(this, name.Span, isSymbolicLink), current: null);
    }

    /// <summary>Sets the metadata of this directory: after its entries are made, since each of them changes its times.</summary>
    public MetadataOutcome SetMetadata(in TargetMetadata metadata)
    {
        _newFileTraits = null; // A directory gives new files its group, a list of access rights, flags.
        return metadata.Apply(new OpenTarget(this), current: null);
    }

    /// <summary>Makes an entry, or this directory itself if the name is empty, refuse changes. When all else in it is done.</summary>
    /// <exception cref="FileSystemException">It cannot be set; or the name is no regular file any more.</exception>
    public void SetFinalFlags(ByteName name, FileFlags flags)
    {
        if (name.IsEmpty)
        {
            ThrowIfFailed("set the flags of", default, SetFinalFlags(this, flags));
            return;
        }
        using SourceDirectory directory = OpenForReading();
        using SourceFile file = directory.OpenFile(name);
        ThrowIfFailed("set the flags of", name, SetFinalFlags(file, flags));
    }

    /// <summary>Waits until the names in this directory are durable.</summary>
    /// <exception cref="FileSystemException">They may not be.</exception>
    public void Sync() => ThrowIfFailed("sync", default, Posix.Sync(this));

    // Asked of the first new file and true of the next: so most files need no chown and are not searched for inherited attributes, and
    // nobody has to guess what set-group-id directories, mount options and network file systems make of the process's own ids.
    private NewFileTraits NewFileTraitsOf(TargetFile file)
    {
        if (_newFileTraits is NewFileTraits known)
        {
            return known;
        }
        NewFileTraits traits = NewFileTraits.Of(file);
        _newFileTraits = traits;
        return traits;
    }

    private static int SetFinalFlags(Descriptor file, FileFlags flags)
    {
        OpenTarget target = new(file);
        int result = target.GetFlags(out uint current);
        return result < 0 ? result : FlagSetter.Set(target, current, flags, FileFlagSets.Final);
    }

    // What was there may refuse entries: to its owner by its mode, to root by its flags. Its metadata are set in the end. If this fails,
    // so does what is made in it, and that is reported.
    private void MakeWritable()
    {
        OpenTarget target = new(this);
        if (Posix.EffectiveUserId() == 0)
        {
            if (target.GetFlags(out uint flags) >= 0)
            {
                _ = FlagSetter.Set(target, flags, FileFlags.None, FileFlagSets.Final);
            }
        }
        else if (Posix.Stat(this, out FileMetadata metadata) >= 0 && (metadata.Mode & PrivateDirectoryMode) != PrivateDirectoryMode)
        {
            _ = Posix.ChangeMode(this, metadata.Mode | (int)PrivateDirectoryMode);
        }
    }

    private int Replace(int made, ByteName temporary, ByteName name)
    {
        if (made < 0)
        {
            return made;
        }
        int result = Posix.RenameAt(this, temporary.Span, name.Span);
        if (result < 0)
        {
            _ = Posix.UnlinkAt(this, temporary.Span);
        }
        return result;
    }

    private void RefuseDirectory(ByteName name)
    {
        if (Posix.StatAt(this, name.Span, out FileMetadata metadata) >= 0 && metadata.Type == FileType.Directory)
        {
            throw Error("replace", name.Span, -Posix.EISDIR);
        }
    }

    private void Check(ByteName name)
    {
        if (!EntryName.StaysInside(name.Span) || name.Length > EntryName.SizeInBytesMax)
        {
            throw FileSystemException.Refused("create", PathOf(name.Span), "that is not a name which an entry may have");
        }
    }

    private void ThrowIfFailed(string action, ByteName name, int result)
    {
        if (result < 0)
        {
            throw name.IsEmpty ? Error(action, result) : Error(action, name.Span, result);
        }
    }

    // What a killed run left there goes first.
    private ByteName FreeTemporaryName(ByteName name)
    {
        ByteName temporary = TemporaryNameOf(name);
        _ = Posix.UnlinkAt(this, temporary.Span);
        return temporary;
    }
}
