using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>Every call to the operating system that this folder makes.</summary>
/// <remarks>
/// The methods return what the call returns, or the negative error number, as the kernel itself does: nothing hidden in thread state.
/// Names are raw bytes; they are copied to the stack to end them with a zero. Calls relative to a directory never resolve more than one
/// name, except those of <see cref="Descriptor.WorkingDirectory"/>. Needs Linux 4.11 (statx).
/// </remarks>
[SkipLocalsInit] // The buffers for names are 4 KiB; clearing them would cost more than most calls.
internal static unsafe partial class Posix
{
    // The same on all Linux architectures (include/uapi/asm-generic/errno*.h).
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int EIO = 5;
    public const int ENXIO = 6;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EEXIST = 17;
    public const int ENOTDIR = 20;
    public const int EISDIR = 21;
    public const int EINVAL = 22;
    public const int ENFILE = 23;
    public const int EMFILE = 24;
    public const int ENOSPC = 28;
    public const int EROFS = 30;
    public const int ERANGE = 34;
    public const int ENAMETOOLONG = 36;
    public const int ELOOP = 40;
    public const int ESTALE = 116;
    public const int EDQUOT = 122;

    // The same on x86-64 and arm64.
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_NOCTTY = 0x100;
    public const int O_NONBLOCK = 0x800;
    public const int O_NOATIME = 0x40000;
    public const int O_CLOEXEC = 0x80000;
    public const int O_PATH = 0x200000;

    // arm64 has other values (arch/arm64/include/uapi/asm/fcntl.h); there 0x10000 would be O_DIRECT and 0x20000 O_LARGEFILE.
    public static readonly int O_DIRECTORY = ByArchitecture(x64: 0x10000, arm64: 0x4000);
    public static readonly int O_NOFOLLOW = ByArchitecture(x64: 0x20000, arm64: 0x8000);

    public const int AT_FDCWD = -100;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_NO_AUTOMOUNT = 0x800;
    public const int AT_EMPTY_PATH = 0x1000;

    public const uint LeaveOwner = uint.MaxValue;

    /// <summary>PATH_MAX: longest path that one call takes, with its zero.</summary>
    public const int PathSizeInBytesMax = 4096;

    private const uint STATX_BASIC_STATS = 0x7ff;
    private const ulong STATX_ATTR_NODUMP = 0x40;
    private const ulong STATX_ATTR_MOUNT_ROOT = 0x2000;
    private const uint S_IFSOCK = 0xC000;
    private const uint S_IFLNK = 0xA000;
    private const uint S_IFREG = 0x8000;
    private const uint S_IFBLK = 0x6000;
    private const uint S_IFDIR = 0x4000;
    private const uint S_IFCHR = 0x2000;
    private const uint S_IFIFO = 0x1000;
    private const uint S_IFMT = 0xF000;
    private const int PermissionBits = 0xFFF;
    private const long UTIME_OMIT = (1 << 30) - 2;
    private const int RLIMIT_NOFILE = 7;
    private const int SEEK_SET = 0;
    private const int POSIX_FADV_SEQUENTIAL = 2;

    // By number, since glibc has functions for them only from 2.30 and 2.33 on, and older ones are still in use.
    private static readonly nint SYS_getdents64 = ByArchitecture(x64: 217, arm64: 61);
    private static readonly nint SYS_mknodat = ByArchitecture(x64: 259, arm64: 33);

    public static int OpenAt(Descriptor directory, ReadOnlySpan<byte> name, int flags, uint mode = 0)
    {
        byte* terminated = stackalloc byte[PathSizeInBytesMax];
        int result = Terminate(name, terminated);
        if (result < 0)
        {
            return result;
        }
        do
        {
            // Never passed on to a hook or helper program that is started meanwhile.
            result = Result(openat(directory, terminated, flags | O_CLOEXEC, mode));
        }
        while (result == -EINTR);
        return result;
    }

    public static int Close(nint descriptor) => Result(close((int)descriptor));

    /// <summary>Status of an entry, itself and not what it points to.</summary>
    public static int StatAt(Descriptor directory, ReadOnlySpan<byte> name, out FileMetadata metadata)
    {
        byte* terminated = stackalloc byte[PathSizeInBytesMax];
        int result = Terminate(name, terminated);
        if (result < 0)
        {
            metadata = default;
            return result;
        }
        // No automount: to look at a mount point must not mount it.
        return StatX(directory, terminated, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, out metadata);
    }

    /// <summary>Status of what is open.</summary>
    public static int Stat(Descriptor descriptor, out FileMetadata metadata)
    {
        byte empty = 0;
        return StatX(descriptor, &empty, AT_EMPTY_PATH, out metadata);
    }

    public static int GetDirectoryEntries(Descriptor directory, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int result;
            do
            {
                result = (int)Result(getdents64(SYS_getdents64, directory, start, (uint)buffer.Length));
            }
            while (result == -EINTR);
            return result;
        }
    }

    public static int Rewind(Descriptor directory) => (int)Result((nint)lseek(directory, 0, SEEK_SET));

    public static int ReadLinkAt(Descriptor directory, ReadOnlySpan<byte> name, Span<byte> target)
    {
        byte* terminated = stackalloc byte[PathSizeInBytesMax];
        int result = Terminate(name, terminated);
        if (result < 0)
        {
            return result;
        }
        fixed (byte* start = target)
        {
            return (int)Result(readlinkat(directory, terminated, start, (nuint)target.Length));
        }
    }

    public static int Read(Descriptor file, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int result;
            do
            {
                result = (int)Result(read(file, start, (nuint)buffer.Length));
            }
            while (result == -EINTR);
            return result;
        }
    }

    public static int WriteAt(Descriptor file, ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* start = bytes)
        {
            int result;
            do
            {
                result = (int)Result(pwrite(file, start, (nuint)bytes.Length, offset));
            }
            while (result == -EINTR);
            return result;
        }
    }

    public static int Truncate(Descriptor file, long sizeInBytes)
    {
        int result;
        do
        {
            result = Result(ftruncate(file, sizeInBytes));
        }
        while (result == -EINTR);
        return result;
    }

    /// <summary>.NET's own flush to disk ignores errors.</summary>
    public static int Sync(Descriptor descriptor)
    {
        int result;
        do
        {
            result = Result(fsync(descriptor));
        }
        while (result == -EINTR);
        return result;
    }

    /// <summary>Twice the read-ahead. A hint: its result does not matter.</summary>
    public static void AdviseSequential(Descriptor file) => _ = posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL);

    public static int MakeDirectoryAt(Descriptor directory, ReadOnlySpan<byte> name, uint mode)
    {
        byte* terminated = stackalloc byte[PathSizeInBytesMax];
        int result = Terminate(name, terminated);
        return result < 0 ? result : Result(mkdirat(directory, terminated, mode));
    }

    /// <summary>Removes an entry that is not a directory.</summary>
    public static int UnlinkAt(Descriptor directory, ReadOnlySpan<byte> name)
    {
        byte* terminated = stackalloc byte[PathSizeInBytesMax];
        int result = Terminate(name, terminated);
        return result < 0 ? result : Result(unlinkat(directory, terminated, 0));
    }

    /// <summary>Renames within one directory; what has the new name is replaced.</summary>
    public static int RenameAt(Descriptor directory, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        byte* terminatedFrom = stackalloc byte[PathSizeInBytesMax];
        byte* terminatedTo = stackalloc byte[PathSizeInBytesMax];
        int result = Math.Min(Terminate(from, terminatedFrom), Terminate(to, terminatedTo));
        return result < 0 ? result : Result(renameat(directory, terminatedFrom, directory, terminatedTo));
    }

    /// <summary>A second name for an entry; a symbolic link is linked itself.</summary>
    public static int LinkAt(Descriptor existingIn, ReadOnlySpan<byte> existing, Descriptor directory, ReadOnlySpan<byte> name)
    {
        byte* terminatedExisting = stackalloc byte[PathSizeInBytesMax];
        byte* terminatedName = stackalloc byte[PathSizeInBytesMax];
        int result = Math.Min(Terminate(existing, terminatedExisting), Terminate(name, terminatedName));
        // Flags 0: unlike POSIX, Linux then does not follow a symbolic link.
        return result < 0 ? result : Result(linkat(existingIn, terminatedExisting, directory, terminatedName, 0));
    }

    public static int SymbolicLinkAt(ReadOnlySpan<byte> target, Descriptor directory, ReadOnlySpan<byte> name)
    {
        byte* terminatedTarget = stackalloc byte[PathSizeInBytesMax];
        byte* terminatedName = stackalloc byte[PathSizeInBytesMax];
        int result = Math.Min(Terminate(target, terminatedTarget), Terminate(name, terminatedName));
        return result < 0 ? result : Result(symlinkat(terminatedTarget, directory, terminatedName));
    }

    public static int MakeNodeAt(Descriptor directory, ReadOnlySpan<byte> name, FileType type, uint mode, DeviceNumber device)
    {
        uint format = type switch
        {
            FileType.Fifo => S_IFIFO,
            FileType.Socket => S_IFSOCK,
            FileType.CharacterDevice => S_IFCHR,
            FileType.BlockDevice => S_IFBLK,
            _ => 0,
        };
        byte* terminated = stackalloc byte[PathSizeInBytesMax];
        int result = format == 0 || !device.IsValid ? -EINVAL : Terminate(name, terminated);
        return result < 0
            ? result
            : (int)Result(mknodat(SYS_mknodat, directory, terminated, format | mode, device.Encode()));
    }

    public static int ChangeOwner(Descriptor file, uint userId, uint groupId) => Result(fchown(file, userId, groupId));

    public static int ChangeOwnerAt(Descriptor directory, ReadOnlySpan<byte> name, uint userId, uint groupId)
    {
        byte* terminated = stackalloc byte[PathSizeInBytesMax];
        int result = Terminate(name, terminated);
        return result < 0 ? result : Result(fchownat(directory, terminated, userId, groupId, AT_SYMLINK_NOFOLLOW));
    }

    public static int ChangeMode(Descriptor file, int mode) => Result(fchmod(file, (uint)mode));

    /// <summary>glibc before 2.32 cannot do this without following links and says so (EOPNOTSUPP).</summary>
    public static int ChangeModeAt(Descriptor directory, ReadOnlySpan<byte> name, int mode)
    {
        byte* terminated = stackalloc byte[PathSizeInBytesMax];
        int result = Terminate(name, terminated);
        return result < 0 ? result : Result(fchmodat(directory, terminated, (uint)mode, AT_SYMLINK_NOFOLLOW));
    }

    public static int ChangeTimes(Descriptor file, UnixTime? accessed, UnixTime? modified)
    {
        TimeSpec* times = stackalloc TimeSpec[2] { TimeSpec.From(accessed), TimeSpec.From(modified) };
        return Result(futimens(file, times));
    }

    public static int ChangeTimesAt(Descriptor directory, ReadOnlySpan<byte> name, UnixTime? accessed, UnixTime? modified)
    {
        TimeSpec* times = stackalloc TimeSpec[2] { TimeSpec.From(accessed), TimeSpec.From(modified) };
        byte* terminated = stackalloc byte[PathSizeInBytesMax];
        int result = Terminate(name, terminated);
        return result < 0 ? result : Result(utimensat(directory, terminated, times, AT_SYMLINK_NOFOLLOW));
    }

    public static int GetWorkingDirectory(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return getcwd(start, (nuint)buffer.Length) == null
                ? -Marshal.GetLastPInvokeError()
                : buffer.IndexOf((byte)0);
        }
    }

    public static int GetHostName(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return Result(gethostname(start, (nuint)buffer.Length));
        }
    }

    public static uint EffectiveUserId() => geteuid();

    public static uint EffectiveGroupId() => getegid();

    public static int GetOpenFileLimit(out ulong soft, out ulong hard)
    {
        ulong* limit = stackalloc ulong[2];
        int result = Result(getrlimit(RLIMIT_NOFILE, limit));
        (soft, hard) = result < 0 ? (0, 0) : (limit[0], limit[1]);
        return result;
    }

    public static int SetOpenFileLimit(ulong soft, ulong hard)
    {
        ulong* limit = stackalloc ulong[2] { soft, hard };
        return Result(setrlimit(RLIMIT_NOFILE, limit));
    }

    /// <summary>Looks an account up by number, or by name where one is given.</summary>
    /// <returns>1 if found; 0 if there is none; the negative error; -ERANGE if the buffer is too small.</returns>
    public static int GetAccount(
        bool isGroup, uint id, ReadOnlySpan<byte> name, Span<byte> buffer, out uint foundId, out int nameStart)
    {
        // struct passwd: name, password (pointers), uid, gid, ... (48 bytes); struct group: name, password, gid, ... (32 bytes).
        const int RecordSizeInBytes = 64;
        const int IdOffset = 16;
        byte* record = stackalloc byte[RecordSizeInBytes];
        byte* terminated = stackalloc byte[PathSizeInBytesMax];
        foundId = 0;
        nameStart = 0;
        if (!name.IsEmpty && Terminate(name, terminated) < 0)
        {
            return 0;
        }
        fixed (byte* start = buffer)
        {
            void* found = null;
            nuint size = (nuint)buffer.Length;
            int error = (isGroup, name.IsEmpty) switch
            {
                (false, true) => getpwuid_r(id, record, start, size, &found),
                (false, false) => getpwnam_r(terminated, record, start, size, &found),
                (true, true) => getgrgid_r(id, record, start, size, &found),
                (true, false) => getgrnam_r(terminated, record, start, size, &found),
            };
            if (found == null)
            {
                return -error;
            }
            foundId = *(uint*)(record + IdOffset);
            nameStart = checked((int)(*(byte**)record - start));
            return 1;
        }
    }

    private static int ByArchitecture(int x64, int arm64) => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => x64,
        Architecture.Arm64 => arm64,
        _ => throw new PlatformNotSupportedException(
            $"The system call numbers and flags of {RuntimeInformation.ProcessArchitecture} are not known"),
    };

    private static int Terminate(ReadOnlySpan<byte> name, byte* destination, int size = PathSizeInBytesMax)
    {
        if (name.Length >= size)
        {
            return -ENAMETOOLONG;
        }
        if (name.Contains((byte)0))
        {
            return -EINVAL; // The kernel would see the part before the zero: another file.
        }
        name.CopyTo(new Span<byte>(destination, size));
        destination[name.Length] = 0;
        return 0;
    }

    private static int Result(int value) => value >= 0 ? value : -Marshal.GetLastPInvokeError();

    private static nint Result(nint value) => value >= 0 ? value : -Marshal.GetLastPInvokeError();

    private static int StatX(Descriptor directory, byte* name, int flags, out FileMetadata metadata)
    {
        StatXBuffer status;
        int result = Result(statx(directory, name, flags, STATX_BASIC_STATS, &status));
        metadata = result < 0 ? default : ObservedMetadata.Of(status.ToMetadata());
        return result;
    }
}
