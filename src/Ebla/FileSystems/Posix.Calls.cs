using System.Runtime.InteropServices;
using Ebla.Primitives;

namespace Ebla.FileSystems;

// The calls of the C library and their structures, as its manual pages spell them; Posix.cs wraps them.
internal static unsafe partial class Posix
{
    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(Descriptor directory, byte* path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(Descriptor directory, byte* path, int flags, uint mask, StatXBuffer* status);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint getdents64(nint number, Descriptor directory, byte* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint mknodat(nint number, Descriptor directory, byte* path, nuint mode, nuint device);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(Descriptor file, long offset, int origin);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readlinkat(Descriptor directory, byte* path, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(Descriptor file, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwrite(Descriptor file, byte* buffer, nuint size, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(Descriptor file, long size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(Descriptor file);

    [LibraryImport("libc")]
    private static partial int posix_fadvise(Descriptor file, long offset, long size, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mkdirat(Descriptor directory, byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(Descriptor directory, byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int renameat(Descriptor fromDirectory, byte* from, Descriptor toDirectory, byte* to);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int linkat(
        Descriptor fromDirectory, byte* from, Descriptor toDirectory, byte* to, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int symlinkat(byte* target, Descriptor directory, byte* path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(Descriptor file, uint userId, uint groupId);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchownat(Descriptor directory, byte* path, uint userId, uint groupId, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(Descriptor file, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmodat(Descriptor directory, byte* path, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int futimens(Descriptor file, TimeSpec* times);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int utimensat(Descriptor directory, byte* path, TimeSpec* times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial byte* getcwd(byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int gethostname(byte* buffer, nuint size);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static partial uint getegid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, ulong* limit);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setrlimit(int resource, ulong* limit);

    // These four return the error number itself.
    [LibraryImport("libc")]
    private static partial int getpwuid_r(uint id, byte* record, byte* buffer, nuint size, void** found);

    [LibraryImport("libc")]
    private static partial int getpwnam_r(byte* name, byte* record, byte* buffer, nuint size, void** found);

    [LibraryImport("libc")]
    private static partial int getgrgid_r(uint id, byte* record, byte* buffer, nuint size, void** found);

    [LibraryImport("libc")]
    private static partial int getgrnam_r(byte* name, byte* record, byte* buffer, nuint size, void** found);

    /// <summary>struct timespec of 64-bit Linux.</summary>
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds)
    {
        public static TimeSpec From(UnixTime? time)
            => time is { } value ? new TimeSpec(value.Seconds, value.Nanoseconds) : new TimeSpec(0, UTIME_OMIT);
    }

    /// <summary>struct statx (include/uapi/linux/stat.h): the same on all architectures. Only the fields we use.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatXBuffer
    {
        [FieldOffset(8)]
        public ulong Attributes;
        [FieldOffset(16)]
        public uint LinkCount;
        [FieldOffset(20)]
        public uint UserId;
        [FieldOffset(24)]
        public uint GroupId;
        [FieldOffset(28)]
        public ushort Mode;
        [FieldOffset(32)]
        public ulong Inode;
        [FieldOffset(40)]
        public ulong SizeInBytes;
        [FieldOffset(48)]
        public ulong Blocks;
        [FieldOffset(64)]
        public long AccessedSeconds;
        [FieldOffset(72)]
        public uint AccessedNanoseconds;
        [FieldOffset(96)]
        public long ChangedSeconds;
        [FieldOffset(104)]
        public uint ChangedNanoseconds;
        [FieldOffset(112)]
        public long ModifiedSeconds;
        [FieldOffset(120)]
        public uint ModifiedNanoseconds;
        [FieldOffset(128)]
        public uint NodeMajor;
        [FieldOffset(132)]
        public uint NodeMinor;
        [FieldOffset(136)]
        public uint DeviceMajor;
        [FieldOffset(140)]
        public uint DeviceMinor;

        public readonly FileMetadata ToMetadata()
        {
            FileType type = (Mode & S_IFMT) switch
            {
                S_IFREG => FileType.Regular,
                S_IFDIR => FileType.Directory,
                S_IFLNK => FileType.SymbolicLink,
                S_IFIFO => FileType.Fifo,
                S_IFSOCK => FileType.Socket,
                S_IFCHR => FileType.CharacterDevice,
                S_IFBLK => FileType.BlockDevice,
                _ => 0,
            };
            return new FileMetadata
            {
                Type = type,
                Mode = Mode & PermissionBits,
                UserId = UserId,
                GroupId = GroupId,
                SizeInBytes = (long)Math.Min(SizeInBytes, long.MaxValue),
                AllocatedSizeInBytes = (long)Math.Min(Blocks, long.MaxValue / 512) * 512,
                ModifiedTime = Time(ModifiedSeconds, ModifiedNanoseconds),
                ChangedTime = Time(ChangedSeconds, ChangedNanoseconds),
                AccessedTime = Time(AccessedSeconds, AccessedNanoseconds),
                Inode = Inode,
                Device = ((ulong)DeviceMajor << 32) | DeviceMinor,
                LinkCount = LinkCount,
                DeviceNumber = type is FileType.CharacterDevice or FileType.BlockDevice
                    ? new DeviceNumber(NodeMajor, NodeMinor)
                    : default,
                HasNoDumpFlag = (Attributes & STATX_ATTR_NODUMP) != 0,
                IsMountPoint = (Attributes & STATX_ATTR_MOUNT_ROOT) != 0,
            };
        }

        // A network file system may hand out anything: nanoseconds out of range become the nearest that are.
        private static UnixTime Time(long seconds, uint nanoseconds)
            => new(seconds, (int)Math.Min(nanoseconds, UnixTime.NanosecondsPerSecond - 1));
    }
}
