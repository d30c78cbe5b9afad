using System.Runtime.InteropServices;

namespace Ebla.FileSystems;

// Calls about files that are there already, and about what takes them away.
internal static unsafe partial class Posix
{
    private const int AT_REMOVEDIR = 0x200;
    private const int FALLOC_FL_KEEP_SIZE = 1;
    private const int FALLOC_FL_PUNCH_HOLE = 2;
    private const nuint FICLONE = 0x40049409; // _IOW(0x94, 9, int): the same on x86-64 and arm64

    /// <summary>Makes a file share all blocks of another one, as far as the file system can (btrfs, XFS, bcachefs, ZFS).</summary>
    public static int Clone(Descriptor file, Descriptor from)
    {
        bool isHeld = false;
        from.DangerousAddRef(ref isHeld);
        try
        {
            return Result(Control(file, FICLONE, from.DangerousGetHandle()));
        }
        finally
        {
            from.DangerousRelease();
        }
    }

    /// <summary>Makes a range read as zeros and takes no room. The size stays.</summary>
    public static int PunchHole(Descriptor file, long offset, long sizeInBytes)
    {
        int result;
        do
        {
            result = Result(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, sizeInBytes));
        }
        while (result == -EINTR);
        return result;
    }

    /// <summary>Waits until the whole file system is durable. Since Linux 5.8 it tells of writes lost since the descriptor was opened.</summary>
    public static int SyncFileSystem(Descriptor descriptor)
    {
        int result;
        do
        {
            result = Result(syncfs(descriptor));
        }
        while (result == -EINTR);
        return result;
    }

    public static int RemoveDirectoryAt(Descriptor directory, ReadOnlySpan<byte> name)
    {
        byte* terminated = stackalloc byte[PathSizeInBytesMax];
        int result = Terminate(name, terminated);
        return result < 0 ? result : Result(unlinkat(directory, terminated, AT_REMOVEDIR));
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(Descriptor file, nuint request, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(Descriptor file, int mode, long offset, long size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(Descriptor descriptor);
}
