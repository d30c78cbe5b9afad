"""The means of tests/torture/make: folders and entries made by descriptor; what is refused is said; times and flags come last."""
import os
import random
import stat
import sys

import linux

DEFAULT = object()


class Maker:
    def __init__(self, target, options):
        self.options = options
        self.random = random.Random(options.seed)
        self.made, self.refused = 0, []
        self._times = {}  # (device, inode) of a directory: its time
        self._flags = []  # (path, flags), set when all is made
        self._target = target
        self.user = os.geteuid()
        os.mkdir(target, 0o755)
        self.top = Folder(self, linux.open_folder(target), b"")
        self.one = self.top.folder(b"one")
        self.two = self.top.folder(b"two")

    @property
    def small(self):
        return self.options.scale == "small"

    @property
    def full(self):
        return self.options.scale == "full"

    def section(self, name, make):
        self._section = name
        with self.one.folder(name.encode()) as folder:
            make(self, folder)

    def attempt(self, what, do, *arguments, quiet=False):
        """Does it and says whether it could be done; what is refused is kept and said once."""
        try:
            do(*arguments)
            return True
        except OSError as error:
            if not quiet:
                self.note(f"{what}: {linux.error_text(error)}")
            return False

    def note(self, what):
        text = f"{self._section}: {what}"
        if text not in self.refused:
            self.refused.append(text)
            print(f"torture: refused: {text}", file=sys.stderr)

    def bytes(self, count):
        return self.random.randbytes(count)

    def text(self, count):
        """Compressible bytes."""
        words = [b"alpha", b"beta", b"gamma", b"delta", b"\n", b"{}", b"0123"]
        return b" ".join(self.random.choices(words, k=count // 3 + 2))[:count]

    def a_time(self):
        return self.random.randrange(10**18, 17 * 10**17)

    def keep_time(self, status, nanoseconds):
        self._times[status.st_dev, status.st_ino] = nanoseconds

    def keep_flags(self, path, flags):
        self._flags.append((path, flags))

    def finish(self):
        """Gives directories their times, deepest first, and files and directories their flags, when nothing more is made in them."""
        self._section = "finish"

        def settle(folder):
            status = os.fstat(folder)
            when = self._times.get((status.st_dev, status.st_ino), DEFAULT)
            when = self.a_time() if when is DEFAULT else when
            try:
                os.utime(folder, ns=(when + 12_345, when))
            except PermissionError:
                self.note("time of a directory: EPERM")

        linux.visit_folders(self.top.descriptor, settle)
        for path, flags in self._flags:
            self.attempt(f"flags {linux.flag_text(flags)} of {linux.show(path)}", self._set_flags, path, flags)
        for folder in (self.one, self.two, self.top):
            folder.close()

    def _set_flags(self, path, flags):
        descriptor = linux.open_file(os.path.join(self._target, path))
        try:
            kept = linux.get_flags(descriptor)
            if kept is None:
                raise OSError(95, "no flags")
            linux.set_flags(descriptor, (kept & linux.KEPT_BY_FILE_SYSTEM) | flags)
            has = linux.get_flags(descriptor) & ~linux.KEPT_BY_FILE_SYSTEM
            if has != flags:
                self.note(f"flags {linux.flag_text(flags)} of {linux.show(path)}: became {linux.flag_text(has)}")
        finally:
            os.close(descriptor)


class Folder:
    """An open directory in which things are made."""

    def __init__(self, maker, descriptor, path):
        self.maker, self.descriptor, self.path = maker, descriptor, path

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        os.close(self.descriptor)

    def folder(self, name, mode=0o755):
        os.mkdir(name, 0o700, dir_fd=self.descriptor)
        if mode != 0o700:
            os.chmod(name, mode, dir_fd=self.descriptor)
        self.maker.made += 1
        return Folder(self.maker, linux.open_folder(name, self.descriptor), os.path.join(self.path, name))

    def file(self, name, content=b"", mode=0o644):
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode & 0o777, dir_fd=self.descriptor)
        try:
            while content:
                content = content[os.write(descriptor, content):]
        finally:
            os.close(descriptor)
        if mode & 0o7000:
            os.chmod(name, mode, dir_fd=self.descriptor)
        self.made(name)

    def made(self, name):
        """Counts an entry that is no directory, and gives it a time of the seed's choice."""
        self.maker.made += 1
        when = self.maker.a_time()
        os.utime(name, ns=(when + 987_654_321, when), dir_fd=self.descriptor, follow_symlinks=False)

    def sparse(self, name, size, *data):
        """A file of that size whose pieces (offset, bytes) are data; the rest is hole."""
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644, dir_fd=self.descriptor)
        try:
            os.ftruncate(descriptor, size)
            for offset, content in data:
                os.pwrite(descriptor, content, offset)
        except OSError:
            os.unlink(name, dir_fd=self.descriptor)
            raise
        finally:
            os.close(descriptor)
        self.made(name)

    def symlink(self, name, to):
        os.symlink(to, name, dir_fd=self.descriptor)
        self.made(name)

    def node(self, name, kind, mode=0o644, major=0, minor=0):
        os.mknod(name, kind | 0o600, os.makedev(major, minor), dir_fd=self.descriptor)
        os.chmod(linux.near(self.descriptor, name), mode)
        self.made(name)

    def link(self, name, folder, to):
        os.link(to, name, src_dir_fd=folder.descriptor, dst_dir_fd=self.descriptor, follow_symlinks=False)
        self.maker.made += 1

    def owner(self, name, uid, gid):
        os.chown(name, uid, gid, dir_fd=self.descriptor, follow_symlinks=False)

    def mode(self, name, mode):
        """The mode, wholly: the kernel drops set-group-id of groups that one is not in, silently."""
        os.chmod(name, mode, dir_fd=self.descriptor)
        has = stat.S_IMODE(self.status(name).st_mode)
        if has != mode:
            self.maker.note(f"mode {mode:04o} of {linux.show(name)}: became {has:04o}")

    def time(self, name, nanoseconds):
        """The time, also for later if it is a directory. File systems cut times that they cannot keep."""
        os.utime(name, ns=(nanoseconds, nanoseconds), dir_fd=self.descriptor, follow_symlinks=False)
        status = self.status(name)
        if status.st_mtime_ns != nanoseconds:
            self.maker.note(f"time {nanoseconds} ns: became {status.st_mtime_ns}")
        if stat.S_ISDIR(status.st_mode):
            self.maker.keep_time(status, nanoseconds)

    def attribute(self, name, key, value):
        os.setxattr(linux.near(self.descriptor, name), key, value, follow_symlinks=False)

    def flags(self, name, letters):
        self.maker.keep_flags(os.path.join(self.path, name), sum(linux.FLAGS[letter] for letter in letters))

    def status(self, name):
        return os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
