using System.Globalization;
using System.Runtime.InteropServices;

namespace Ebla.FileSystems;

// Extended attributes and the flags of chattr(1).
internal static unsafe partial class Posix
{
    public const int E2BIG = 7;
    public const int EBADF = 9;
    public const int ENOTTY = 25;
    public const int ENOSYS = 38;
    public const int ENODATA = 61;
    public const int EOPNOTSUPP = 95;

    // include/uapi/linux/limits.h
    public const int AttributeNameSizeInBytesMax = 255;
    public const int AttributeValueSizeInBytesMax = 64 << 10;
    public const int AttributeListSizeInBytesMax = 64 << 10;

    // _IOR('f', 1, long) and _IOW('f', 2, long) of include/uapi/linux/fs.h on 64-bit machines; what is passed is an int all the same.
    private const nuint FS_IOC_GETFLAGS = 0x80086601;
    private const nuint FS_IOC_SETFLAGS = 0x40086602;

    private enum AttributeCall
    {
        List,
        Get,
        Set,
        Remove,
    }

    /// <summary>Names of attributes, each with a zero behind it.</summary>
    /// <returns>Their length in all; -ERANGE if the buffer is too small.</returns>
    public static int ListAttributes(Descriptor file, Span<byte> list)
    {
        fixed (byte* start = list)
        {
            return OfFile(AttributeCall.List, file, default, start, list.Length);
        }
    }

    public static int GetAttribute(Descriptor file, ReadOnlySpan<byte> attribute, Span<byte> value)
    {
        fixed (byte* start = value)
        {
            return OfFile(AttributeCall.Get, file, attribute, start, value.Length);
        }
    }

    public static int SetAttribute(Descriptor file, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        fixed (byte* start = value)
        {
            return OfFile(AttributeCall.Set, file, attribute, start, value.Length);
        }
    }

    public static int RemoveAttribute(Descriptor file, ReadOnlySpan<byte> attribute)
        => OfFile(AttributeCall.Remove, file, attribute, null, 0);

    /// <summary>As <see cref="ListAttributes"/>, of an entry that is not opened; of a link itself.</summary>
    public static int ListAttributesAt(Descriptor directory, ReadOnlySpan<byte> name, Span<byte> list)
    {
        fixed (byte* start = list)
        {
            return OfEntry(AttributeCall.List, directory, name, default, start, list.Length);
        }
    }

    public static int GetAttributeAt(Descriptor directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, Span<byte> value)
    {
        fixed (byte* start = value)
        {
            return OfEntry(AttributeCall.Get, directory, name, attribute, start, value.Length);
        }
    }

    public static int SetAttributeAt(
        Descriptor directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        fixed (byte* start = value)
        {
            return OfEntry(AttributeCall.Set, directory, name, attribute, start, value.Length);
        }
    }

    public static int RemoveAttributeAt(Descriptor directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute)
        => OfEntry(AttributeCall.Remove, directory, name, attribute, null, 0);

    /// <summary>The kernel's flags, also those that are not a user's. Not through a descriptor of O_PATH.</summary>
    public static int GetFlags(Descriptor file, out uint flags)
    {
        // 8 bytes, for a driver that takes "long" by its word.
        ulong value = 0;
        int result = Result(ioctl(file, FS_IOC_GETFLAGS, &value));
        flags = *(uint*)&value;
        return result;
    }

    public static int SetFlags(Descriptor file, uint flags)
    {
        ulong value = flags;
        return Result(ioctl(file, FS_IOC_SETFLAGS, &value));
    }

    private static int OfFile(AttributeCall call, Descriptor file, ReadOnlySpan<byte> attribute, byte* value, int size)
    {
        byte* name = stackalloc byte[PathSizeInBytesMax];
        int result = Terminate(attribute, name);
        return result < 0 ? result : call switch
        {
            AttributeCall.List => (int)Result(flistxattr(file, value, (nuint)size)),
            AttributeCall.Get => (int)Result(fgetxattr(file, name, value, (nuint)size)),
            AttributeCall.Set => Result(fsetxattr(file, name, value, (nuint)size, 0)),
            _ => Result(fremovexattr(file, name)),
        };
    }

    // By /proc, since the calls that take a directory and a name are of Linux 6.13. What is looked up is the one name in the open
    // directory; if it is a link, these calls (l...) take the link itself; nothing is opened.
    private static int OfEntry(
        AttributeCall call, Descriptor directory, ReadOnlySpan<byte> entry, ReadOnlySpan<byte> attribute, byte* value, int size)
    {
        byte* name = stackalloc byte[PathSizeInBytesMax];
        byte* path = stackalloc byte[PathSizeInBytesMax];
        bool isHeld = false;
        try
        {
            directory.DangerousAddRef(ref isHeld);
            int result = Terminate(attribute, name);
            result = result < 0 ? result : WriteEntryPath((int)directory.DangerousGetHandle(), entry, path);
            return result < 0 ? result : call switch
            {
                AttributeCall.List => (int)Result(llistxattr(path, value, (nuint)size)),
                AttributeCall.Get => (int)Result(lgetxattr(path, name, value, (nuint)size)),
                AttributeCall.Set => Result(lsetxattr(path, name, value, (nuint)size, 0)),
                _ => Result(lremovexattr(path, name)),
            };
        }
        finally
        {
            if (isHeld)
            {
                directory.DangerousRelease();
            }
        }
    }

    private static int WriteEntryPath(int directory, ReadOnlySpan<byte> entry, byte* path)
    {
        ReadOnlySpan<byte> prefix = "/proc/self/fd/"u8;
        Span<byte> written = new(path, PathSizeInBytesMax);
        prefix.CopyTo(written);
        _ = directory.TryFormat(written[prefix.Length..], out int digits, default, CultureInfo.InvariantCulture);
        int length = prefix.Length + digits;
        path[length++] = (byte)'/';
        return length + entry.Length >= PathSizeInBytesMax ? -ENAMETOOLONG : Terminate(entry, path + length, PathSizeInBytesMax - length);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint flistxattr(Descriptor file, byte* list, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint fgetxattr(Descriptor file, byte* name, byte* value, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsetxattr(Descriptor file, byte* name, byte* value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fremovexattr(Descriptor file, byte* name);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint llistxattr(byte* path, byte* list, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint lgetxattr(byte* path, byte* name, byte* value, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int lsetxattr(byte* path, byte* name, byte* value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int lremovexattr(byte* path, byte* name);

    // Variadic in C; a pointer as third argument goes where a fixed one would, on both architectures.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(Descriptor file, nuint request, void* argument);
}
