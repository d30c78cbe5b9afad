"""What the torture scripts know of Linux: everything by descriptor and raw bytes, at any depth. No code of Ebla."""
import errno
import fcntl
import os
import stat
import struct

# FS_IOC_GETFLAGS and FS_IOC_SETFLAGS, linux/fs.h; the size in them is that of a long, the value read is an int.
_GET_FLAGS, _SET_FLAGS = 0x80086601, 0x40086602
_GET_FSXATTR = 0x801C581F

FLAGS = {
    "s": 0x1, "u": 0x2, "c": 0x4, "S": 0x8, "i": 0x10, "a": 0x20, "d": 0x40, "A": 0x80, "m": 0x400, "I": 0x1000, "j": 0x4000,
    "t": 0x8000, "D": 0x10000, "T": 0x20000, "e": 0x80000, "V": 0x100000, "C": 0x800000, "x": 0x2000000, "N": 0x10000000,
    "P": 0x20000000, "F": 0x40000000,
}
# Flags that say how the file system keeps the file, and that nobody sets: dirty, compressed blocks, encrypted, indexed directory, huge
# file, extents, verity, value in an inode of its own, inline data.
KEPT_BY_FILE_SYSTEM = 0x100 | 0x200 | 0x800 | 0x1000 | 0x40000 | 0x80000 | 0x100000 | 0x200000 | 0x10000000

ACL_ACCESS, ACL_DEFAULT = b"system.posix_acl_access", b"system.posix_acl_default"
CAPABILITY = b"security.capability"
USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER = 1, 2, 4, 8, 16, 32
NO_ID = 0xFFFFFFFF

NO_ATTRIBUTES = (errno.ENOTSUP, errno.ENOTTY, errno.EINVAL, errno.ENOSYS)


def acl(*entries):
    """The value of an ACL attribute (linux/posix_acl_xattr.h) from (tag, permissions[, id])."""
    ordered = sorted((entry + (NO_ID,))[:3] for entry in entries)
    ordered.sort(key=lambda entry: (entry[0], entry[2]))
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", tag, bits, number) for tag, bits, number in ordered)


def capability(permitted, inheritable=0, effective=True, root=None):
    """The value of security.capability (linux/capability.h): revision 2, or 3 with the root of a user namespace."""
    head = (0x03000000 if root is not None else 0x02000000) | (1 if effective else 0)
    value = struct.pack("<IIIII", head, permitted & NO_ID, inheritable & NO_ID, permitted >> 32, inheritable >> 32)
    return value if root is None else value + struct.pack("<I", root)


def near(folder, name):
    """A path for calls that take no directory descriptor. It is short however deep the folder is."""
    return b"/proc/self/fd/%d/%s" % (folder, name)


def open_folder(name, folder=None):
    """Opens a directory without following a link and, where allowed, without changing its access time."""
    return _open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_NONBLOCK, folder)


def open_file(name, folder=None):
    return _open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, folder)


def _open(name, how, folder):
    try:
        return os.open(name, how | os.O_NOATIME, dir_fd=folder)
    except PermissionError:
        return os.open(name, how, dir_fd=folder)


def names_in(folder):
    """The names in an open directory, sorted."""
    return sorted(os.fsencode(name) for name in os.listdir(folder))


def get_flags(descriptor):
    """Flags as of chattr, or None where the file system has none."""
    try:
        return struct.unpack("I", fcntl.ioctl(descriptor, _GET_FLAGS, bytes(8))[:4])[0]
    except OSError as error:
        if error.errno in NO_ATTRIBUTES:
            return None
        raise


def set_flags(descriptor, flags):
    fcntl.ioctl(descriptor, _SET_FLAGS, struct.pack("II", flags, 0))


def get_project(descriptor):
    """The project id, or None."""
    try:
        return struct.unpack("IIIII8s", fcntl.ioctl(descriptor, _GET_FSXATTR, bytes(28)))[3]
    except OSError as error:
        if error.errno in NO_ATTRIBUTES:
            return None
        raise


def flag_text(flags):
    return "".join(letter for letter, bit in FLAGS.items() if flags & bit) or "-"


def attributes(folder, name):
    """All extended attributes that this process may list, of the entry itself: {name: value}."""
    path = near(folder, name)
    try:
        keys = os.listxattr(path, follow_symlinks=False)
    except OSError as error:
        if error.errno in NO_ATTRIBUTES:
            return {}
        raise
    result = {}
    for key in keys:
        try:
            result[os.fsencode(key)] = os.getxattr(path, os.fsencode(key), follow_symlinks=False)
        except OSError as error:
            if error.errno != errno.ENODATA:
                raise
    return result


def data_extents(descriptor, size):
    """[(start, end)] of what is no hole, as the file system tells it."""
    found, at = [], 0
    while at < size:
        try:
            start = os.lseek(descriptor, at, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:
                break
            raise
        end = min(os.lseek(descriptor, start, os.SEEK_HOLE), size)
        if start >= size:
            break
        found.append((start, end))
        at = end
    return found


def device_number(number):
    return (os.major(number), os.minor(number))


def error_text(error):
    return f"{errno.errorcode.get(error.errno, error.errno)}"


def show(path, most=160):
    """A path as text for a terminal: odd bytes as \\xHH, a very long one shortened."""
    if len(path) > most:
        path = path[:most // 2] + b" ... (%d levels, %d bytes) ... " % (path.count(b"/") + 1, len(path)) + path[-most // 3:]
    return "".join(chr(byte) if 0x20 <= byte < 0x7F and byte != 0x5C else f"\\x{byte:02x}" for byte in path)


def visit_folders(top, leave, enter=None):
    """Visits the directories below the open directory `top` and itself, of any depth: enter(fd) before and leave(fd) after what is in
    them. At most a few descriptors are open: the way up is "..", and it must lead where it came from. What cannot be opened is left out."""
    current = os.dup(top)
    if enter:
        enter(current)
    stack = [(_identity(os.fstat(current)), _folders_in(current))]
    while True:
        if stack[-1][1]:
            name = stack[-1][1].pop()
            try:
                child = open_folder(name, current)
            except PermissionError:
                continue
            try:
                os.stat(b"..", dir_fd=child)
            except PermissionError:
                # It may be listed but not searched: there is no way down or back.
                if enter:
                    enter(child)
                leave(child)
                os.close(child)
                continue
            os.close(current)
            current = child
            if enter:
                enter(current)
            stack.append((_identity(os.fstat(current)), _folders_in(current)))
            continue
        leave(current)
        stack.pop()
        if not stack:
            os.close(current)
            return
        parent = open_folder(b"..", current)
        os.close(current)
        current = parent
        if _identity(os.fstat(current)) != stack[-1][0]:
            raise RuntimeError("the way up leads elsewhere: the tree changed")


def _identity(status):
    return (status.st_dev, status.st_ino)


def _folders_in(folder):
    # d_type saves a stat for each entry of wide directories.
    with os.scandir(folder) as entries:
        return [os.fsencode(entry.name) for entry in entries if entry.is_dir(follow_symlinks=False)]


def kind_of(mode):
    return {
        stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink", stat.S_IFIFO: "fifo", stat.S_IFSOCK: "socket",
        stat.S_IFCHR: "character device", stat.S_IFBLK: "block device",
    }[stat.S_IFMT(mode)]
