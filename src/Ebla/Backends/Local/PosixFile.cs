using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ebla.Primitives;
using Microsoft.Win32.SafeHandles;

namespace Ebla.Backends.Local;

/// <summary>The Linux calls a durable store needs. Each failure is a <see cref="BackendException"/> that names the path.</summary>
/// <remarks>
/// Own bindings, because .NET has no fsync that reports errors (its flush swallows them), no sync of a folder, and no link.
/// All calls block.
/// </remarks>
internal static partial class PosixFile
{
    private const int FolderMode = 0b111_000_000;
    private const int FileMode = 0b110_000_000;

    // The numbers of the Linux ABI on x86-64 and arm64. O_NONBLOCK: opening a FIFO that lies in the way must not wait for a writer.
    private const int OpenRead = 0x800 | OpenCloseOnExec;
    private const int OpenWrite = 0x1;
    private const int OpenCreate = 0x40;
    private const int OpenExclusive = 0x80;
    private const int OpenCloseOnExec = 0x80000;
    private const int CurrentFolder = -100;
    private const int NoFollowLinks = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint SyncFileRangeWrite = 2;
    private const int LockExclusiveNow = 2 | 4;
    private const uint RenameNoReplace = 1;

    /// <summary>Opens a regular file, or null if there is none under this name.</summary>
    public static SafeFileHandle? OpenForReading(string path, out long sizeInBytes)
    {
        sizeInBytes = 0;
        SafeFileHandle? handle = Open(path, OpenRead, isMissingAllowed: true);
        if (handle is null)
        {
            return null;
        }
        try
        {
            if (Stat(handle, "", EmptyPath, path, out long size, out _) && size >= 0)
            {
                sizeInBytes = size;
                return handle;
            }
        }
        catch
        {
            handle.Dispose();
            throw;
        }
        handle.Dispose();
        return null;
    }

    /// <summary>Creates a file that must not be there yet.</summary>
    public static SafeFileHandle Create(string path)
        => Open(path, OpenWrite | OpenCreate | OpenExclusive | OpenCloseOnExec, isMissingAllowed: false)!;

    /// <summary>Opens a file for locking, and creates it where missing; null if its folder is missing.</summary>
    public static SafeFileHandle? OpenLock(string path)
        => Open(path, OpenWrite | OpenCreate | OpenCloseOnExec, isMissingAllowed: true);

    /// <summary>Opens a folder, or null if there is none.</summary>
    public static SafeFileHandle? OpenFolder(string path) => Open(path, OpenRead, isMissingAllowed: true);

    /// <summary>Reads until <paramref name="destination"/> is full or the file ends; returns the bytes read.</summary>
    public static int ReadAt(SafeFileHandle file, string path, Span<byte> destination, long offset)
    {
        int done = 0;
        while (done < destination.Length)
        {
            Span<byte> rest = destination[done..];
            nint count = PositionedRead(file, ref MemoryMarshal.GetReference(rest), rest.Length, offset + done);
            if (count < 0)
            {
                ThrowUnlessInterrupted("cannot read", path);
                continue;
            }
            if (count == 0)
            {
                break;
            }
            done += (int)count;
        }
        return done;
    }

    /// <summary>Writes all of <paramref name="source"/>.</summary>
    public static void WriteAt(SafeFileHandle file, string path, ReadOnlySpan<byte> source, long offset)
    {
        while (!source.IsEmpty)
        {
            nint count = PositionedWrite(file, ref MemoryMarshal.GetReference(source), source.Length, offset);
            if (count < 0)
            {
                ThrowUnlessInterrupted("cannot write", path);
                continue;
            }
            source = source[(int)count..];
            offset += count;
        }
    }

    /// <summary>Lets the kernel begin to write the file to disk, so that a later sync is short. Promises nothing.</summary>
    /// <remarks>A failure here is of no consequence: an error of the disk stays recorded and comes out at the sync.</remarks>
    public static void StartWriteBack(SafeFileHandle file) => _ = SyncFileRange(file, 0, 0, SyncFileRangeWrite);

    /// <summary>Waits until the file is on disk. Never call it again after a failure: the kernel may have dropped the bytes.</summary>
    public static void Sync(SafeFileHandle file, string path)
    {
        if (Fsync(file) != 0)
        {
            throw PosixError.Last("cannot make it durable", path);
        }
    }

    /// <summary>Makes the names in a folder durable; false if there is no such folder.</summary>
    public static bool SyncFolder(string path)
    {
        using SafeFileHandle? folder = OpenFolder(path);
        if (folder is null)
        {
            return false;
        }
        Sync(folder, path);
        return true;
    }

    /// <summary>Renames; what was under the new name is replaced.</summary>
    public static void Move(string source, string target)
    {
        if (Rename(source, target) != 0)
        {
            throw PosixError.Last("cannot move the finished file here", target);
        }
    }

    /// <summary>Gives a file a second name, or the new name only; false if the new name is taken. Atomic.</summary>
    public static bool TryMoveToFreeName(string source, string target)
    {
        if (Link(source, target) == 0)
        {
            return true;
        }
        int error = Marshal.GetLastPInvokeError();
        if (error is PosixError.NotPermitted or PosixError.NotSupported or PosixError.NotImplemented)
        {
            // No hard links here (FAT, some network file systems).
            if (RenameAt2(CurrentFolder, source, CurrentFolder, target, RenameNoReplace) == 0)
            {
                return true;
            }
            error = Marshal.GetLastPInvokeError();
        }
        return error == PosixError.Exists ? false : throw PosixError.From(error, "cannot create it", target);
    }

    /// <summary>Removes a file; false if there is none.</summary>
    public static bool Delete(string path, string what = "cannot delete")
        => Unlink(path) == 0 || FailedOtherwise(what, path);

    /// <summary>Removes an empty folder. A failure does not matter: it is left.</summary>
    public static void DeleteFolderIfEmpty(string path) => _ = RemoveFolder(path);

    /// <summary>Creates a folder for its owner alone; <see cref="FolderOutcome.NoParent"/> if its parent is missing.</summary>
    public static FolderOutcome CreateFolder(string path)
    {
        if (MakeFolder(path, FolderMode) == 0)
        {
            return FolderOutcome.Created;
        }
        int error = Marshal.GetLastPInvokeError();
        return error switch
        {
            PosixError.NoEntry => FolderOutcome.NoParent,
            PosixError.Exists when IsFolder(path) => FolderOutcome.Present,
            PosixError.Exists => throw PosixError.From(PosixError.NotAFolder, "cannot be used as a folder", path),
            // Some file systems say "read-only" or "denied" before they look whether the folder is there.
            PosixError.ReadOnly or PosixError.AccessDenied when IsFolder(path) => FolderOutcome.Present,
            _ => throw PosixError.From(error, "cannot create the folder", path),
        };
    }

    /// <summary>Whether there is a folder under this name; links are followed.</summary>
    public static bool IsFolder(string path)
        => Stat(null, path, 0, path, out _, out bool isFolder) && isFolder;

    /// <summary>Whether there is nothing under this name; links are followed.</summary>
    public static bool IsMissing(string path) => !Stat(null, path, 0, path, out _, out _);

    /// <summary>The size of a regular file, or null if there is none.</summary>
    public static long? SizeOf(string path)
        => Stat(null, path, 0, path, out long size, out _) && size >= 0 ? size : null;

    /// <summary>The size of a regular file in an open folder, or null if there is none.</summary>
    public static long? SizeIn(SafeFileHandle folder, string fileName, string folderPath)
        => Stat(folder, fileName, NoFollowLinks, folderPath, out long size, out _) && size >= 0 ? size : null;

    /// <summary>Whether an open file still has a name.</summary>
    public static bool IsLinked(SafeFileHandle file, string path)
    {
        Span<byte> buffer = stackalloc byte[StatxSizeInBytes];
        return StatInto(file, "", EmptyPath, buffer, path)
            && BinaryPrimitives.ReadUInt32LittleEndian(buffer[16..]) > 0;
    }

    /// <summary>Takes the lock that goes with the process; null if locks are not to be had here.</summary>
    public static bool? TryLock(SafeFileHandle file)
        => Flock(file, LockExclusiveNow) == 0 ? true
            : Marshal.GetLastPInvokeError() == PosixError.Again ? false
            : null;

    private static SafeFileHandle? Open(string path, int flags, bool isMissingAllowed)
    {
        while (true)
        {
            int descriptor = OpenAt(CurrentFolder, path, flags, FileMode);
            if (descriptor >= 0)
            {
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }
            int error = Marshal.GetLastPInvokeError();
            if (error == PosixError.NoEntry && isMissingAllowed)
            {
                return null;
            }
            if (error != PosixError.Interrupted)
            {
                throw PosixError.From(error, (flags & OpenCreate) != 0 ? "cannot create it" : "cannot open it", path);
            }
        }
    }

    // False if missing. The size is -1 for what is not a regular file.
    private static bool Stat(
        SafeFileHandle? folder, string name, int flags, string path, out long sizeInBytes, out bool isFolder)
    {
        Span<byte> buffer = stackalloc byte[StatxSizeInBytes];
        sizeInBytes = -1;
        isFolder = false;
        if (!StatInto(folder, name, flags, buffer, path))
        {
            return false;
        }
        int type = BinaryPrimitives.ReadUInt16LittleEndian(buffer[28..]) & 0xF000;
        isFolder = type == 0x4000;
        if (type == 0x8000)
        {
            sizeInBytes = BinaryPrimitives.ReadInt64LittleEndian(buffer[40..]);
        }
        return true;
    }

    // struct statx, Linux: nlink u32 at 16, mode u16 at 28, size u64 at 40.
    private const int StatxSizeInBytes = 256;
    private const uint StatxTypeLinksAndSize = 0x1 | 0x4 | 0x200;

    private static bool StatInto(SafeFileHandle? folder, string name, int flags, Span<byte> buffer, string path)
    {
        ref byte first = ref MemoryMarshal.GetReference(buffer);
        int result = folder is null
            ? StatxAt(CurrentFolder, name, flags, StatxTypeLinksAndSize, ref first)
            : StatxIn(folder, name, flags, StatxTypeLinksAndSize, ref first);
        return result == 0 || FailedOtherwise("cannot look it up", path);
    }

    // False if the last call failed because there is nothing under the name; throws if for another reason.
    private static bool FailedOtherwise(string what, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return error == PosixError.NoEntry ? false : throw PosixError.From(error, what, path);
    }

    private static void ThrowUnlessInterrupted(string what, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error != PosixError.Interrupted)
        {
            throw PosixError.From(error, what, path);
        }
    }

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAt(int folder, string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static partial nint PositionedRead(SafeFileHandle file, ref byte destination, nint length, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint PositionedWrite(SafeFileHandle file, ref byte source, nint length, long offset);

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string source, string target);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string source, string target);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int sourceFolder, string source, int targetFolder, string target, uint flags);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFolder(string path, int mode);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RemoveFolder(string path);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatxAt(int folder, string path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatxIn(SafeFileHandle folder, string path, int flags, uint mask, ref byte buffer);
}
