"""The sections of the torture tree. Each makes its entries in a folder of its own; what is refused is said by the maker."""
import errno
import os
import stat

import linux
from linux import GROUP, GROUP_OBJ, MASK, OTHER, USER, USER_OBJ, acl, capability
from maker import Folder

FIFO, SOCKET, CHARACTERS, BLOCKS = stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFCHR, stat.S_IFBLK


def of_each_kind(maker, folder, prefix=b""):
    """Makes an entry of each kind, as far as allowed; their names."""
    names = []

    def keep(name, make, *arguments):
        if maker.attempt(name.decode(), make, name, *arguments):
            names.append(name)

    keep(prefix + b"file", folder.file, b"a file\n")
    keep(prefix + b"folder", lambda name: folder.folder(name).close())
    keep(prefix + b"symlink", folder.symlink, b"file")
    keep(prefix + b"fifo", folder.node, FIFO)
    keep(prefix + b"socket", folder.node, SOCKET)
    keep(prefix + b"characters", folder.node, CHARACTERS, 0o640, 1, 3)
    keep(prefix + b"blocks", folder.node, BLOCKS, 0o660, 7, 77)
    return names


def kinds(maker, folder):
    of_each_kind(maker, folder)
    for major, minor in [(0, 0), (0, 1), (1, 0), (255, 255), (256, 256), (259, 65536), (4095, 1048575), (8, 1048575), (4095, 0)]:
        for letter, kind in [(b"c", CHARACTERS), (b"b", BLOCKS)]:
            name = b"%s-%d-%d" % (letter, major, minor)
            maker.attempt(name.decode(), folder.node, name, kind, 0o600, major, minor)
    # The white-out of overlay file systems, which ordinary users may make too.
    maker.attempt("white-out", folder.node, b"white-out", CHARACTERS, 0)
    for number in range(8):
        folder.folder(b"empty-%d" % number).close()


def modes(maker, folder):
    plain = range(0o1000) if maker.full else [0, 0o1, 0o4, 0o111, 0o200, 0o400, 0o444, 0o555, 0o644, 0o711, 0o755, 0o777]
    for special in range(8):
        for bits in plain:
            mode = special << 9 | bits
            folder.file(b"f%04o" % mode, b"%o\n" % mode)
            folder.mode(b"f%04o" % mode, mode)
            inner = folder.folder(b"d%04o" % mode, 0o700)
            inner.file(b"inside")
            inner.folder(b"folder").close()
            inner.close()
            # Last: an ordinary user cannot make anything in a directory that he may not write to.
            folder.mode(b"d%04o" % mode, mode)
    for special in range(8):
        for name, kind in [(b"p", FIFO), (b"s", SOCKET), (b"c", CHARACTERS), (b"b", BLOCKS)]:
            mode = special << 9 | 0o641
            name += b"%04o" % mode
            if maker.attempt(name.decode(), folder.node, name, kind, 0o600, 1, 7, quiet=maker.user != 0):
                folder.mode(name, mode)


def owners(maker, folder):
    ids = [0, 1, 2, 33, 100, 999, 1000, 1001, 12345, 65533, 65534, 65535, 65536, 100000, 2**31 - 1, 2**31, 2**32 - 2]
    for number in ids:
        for name, uid, gid in [(b"uid", number, 0), (b"gid", 0, number), (b"both", number, ids[-1 - ids.index(number)])]:
            inner = folder.folder(b"%s-%d" % (name, number))
            for entry in of_each_kind(maker, inner):
                done = maker.attempt(f"owner {uid}:{gid}", inner.owner, entry, uid, gid, quiet=maker.user != 0)
                if done and entry in (b"file", b"folder"):
                    inner.mode(entry, 0o6751)  # A change of owner clears set-id bits: those who restore owners last lose them.
            inner.close()
            maker.attempt(f"owner {uid}:{gid} of a directory", folder.owner, b"%s-%d" % (name, number), uid, gid)
    # Below a set-group-id directory everything inherits the group, and directories the bit: the restored must not.
    inner = folder.folder(b"inheriting")
    of_each_kind(maker, inner)
    inner.folder(b"sub").close()
    maker.attempt("owner of inheriting", folder.owner, b"inheriting", 1000, 1001)
    folder.mode(b"inheriting", 0o2775)
    inner.close()


def times(maker, folder):
    second = 10**9
    moments = [
        0, 1, 999_999_999, second, -1, -second, -second + 1, -123_456_789, 1_234_567_890 * second + 123_456_789, 1_000_000_000 * second + 100,
        -(2**31) * second, -(2**31) * second + 999_999_999, (-(2**31) - 1) * second, (2**31 - 1) * second + 999_999_999, 2**31 * second,
        (2**32 - 1) * second + 1, 2**32 * second + 5, 15032385535 * second + 999_999_999, 15032385536 * second,
        16_299_260_424 * second, -62135596801 * second, 253402300800 * second, 2**40 * second + 7, -(2**40) * second + 7,
    ]
    if maker.full:
        moments += [maker.random.randrange(-(2**31) * second, 2**34 * second) for _ in range(200)]
    for number, moment in enumerate(moments):
        inner = folder.folder(b"t%02d" % number)
        for entry in of_each_kind(maker, inner):
            maker.attempt(f"time {moment}", inner.time, entry, moment)
        inner.close()


def symlinks(maker, folder):
    targets = {
        b"dangling": b"/nowhere/at/all", b"self": b"self", b"round-a": b"round-b", b"round-b": b"round-a", b"dot": b".", b"up": b"..",
        b"root": b"/", b"space": b" ", b"newline": b"a\nb", b"not-utf8": b"\xff\xfe\x80", b"all-bytes": bytes(range(1, 256)),
        b"slashes": b"////", b"up-and-away": b"../" * 60 + b"etc/passwd", b"trailing": b"dot/", b"dash": b"-rf", b"null-like": b"\\0",
        b"proc": b"/proc/self/exe", b"one-byte": b"\x01", b"into-folder": b"folder", b"name-255": b"n" * 255,
    }
    folder.folder(b"folder").close()
    for name, target in targets.items():
        maker.attempt(f"symlink {name.decode()}", folder.symlink, name, target)
    for length in (60, 61, 255, 256, 1023, 1024, 1025, 4094, 4095):
        maker.attempt(f"symlink to {length} bytes", folder.symlink, b"long-%d" % length, maker.bytes(length).replace(b"\0", b"x"))
    for number in range(5 if maker.small else 100):
        name = b"r%03d" % number
        folder.symlink(name, maker.bytes(maker.random.randrange(1, 200)).replace(b"\0", b"0"))
        folder.time(name, maker.a_time())


def hard_links(maker, folder):
    with maker.two.folder(b"hard-links") as other, folder.folder(b"inner") as inner:
        for name in of_each_kind(maker, folder):
            if name != b"folder":
                # Names that sort before and after the first, beside it, below it and in the other root.
                folder.link(b"zz-" + name, folder, name)
                folder.link(b"a-" + name, folder, name)
                inner.link(b"in-" + name, folder, name)
                other.link(b"other-" + name, folder, name)
        folder.file(b"many", maker.bytes(3000))
        for number in range(40 if maker.small else 1000):
            (folder if number % 2 else other).link(b"many-%d" % number, folder, b"many")
        folder.file(b"big", maker.bytes(3_000_000))
        folder.link(b"big-again", folder, b"big")
        folder.sparse(b"sparse", 5_000_000, (1_000_000, maker.bytes(100_000)))
        other.link(b"sparse-again", folder, b"sparse")
        folder.file(b"empty")
        inner.link(b"empty-again", folder, b"empty")
        # Equal contents that are not links of each other.
        folder.file(b"twin-1", b"same content")
        folder.file(b"twin-2", b"same content")
        other.folder(b"loop").close()


def xattrs(maker, folder):
    prefixes = [b"user", b"trusted", b"security"]
    for prefix in prefixes:
        with folder.folder(prefix) as inner:
            for name in of_each_kind(maker, inner):
                for key, value in [(b".torture", b"value of " + name), (b".empty", b"")]:
                    done = prefix != b"user" or name in (b"file", b"folder")  # The kernel has no user attributes of other kinds.
                    if done:
                        maker.attempt(f"{(prefix + key).decode()} of {name.decode()}", inner.attribute, name, prefix + key, value)
    for where in (b"file", b"dir"):
        with folder.folder(b"shapes-of-" + where) as inner:
            def make(name):
                if where == b"file":
                    inner.file(name, name)
                else:
                    inner.folder(name).close()

            shapes = {
                b"all-bytes": (b"user.all", bytes(range(256))), b"zeros": (b"user.zeros", bytes(100)), b"newline": (b"user.new\nline", b"\n"),
                b"not-utf8": (b"user.\xff\xfe\x01 =\"\\", b"\xff"), b"long-name": (b"user." + b"n" * 250, b"long"), b"dots": (b"user....", b"dots"),
                b"equals": (b"user.a=b", b"0sQQ=="), b"upper": (b"user.UPPER", b"u"),
            }
            for name, (key, value) in shapes.items():
                make(name)
                maker.attempt(f"xattr {name.decode()}", inner.attribute, name, key, value)
            for length in (1, 255, 900, 1000, 1024, 1025, 3900, 4096, 32768, 65535, 65536):
                name = b"value-%d" % length
                make(name)
                maker.attempt(f"xattr value of {length} bytes", inner.attribute, name, b"user.value", maker.bytes(length))
            for count in (10, 100, 1000):
                name = b"many-%d" % count
                make(name)
                for number in range(count):
                    if not maker.attempt("", inner.attribute, name, b"user.%05d" % number, maker.bytes(number % 50), quiet=True):
                        maker.note(f"xattrs of {name.decode()}: only {number}")
                        break
    # Attributes of what cannot be written: to be set before the mode.
    for name, mode in [(b"read-only", 0o444), (b"no-one", 0)]:
        folder.file(name, b"content")
        maker.attempt("xattr", folder.attribute, name, b"user.torture", b"of a file that is not writable")
        folder.mode(name, mode)
    folder.file(b"same-value-1", b"")
    folder.file(b"same-value-2", b"")
    value = maker.bytes(3000)
    for name in (b"same-value-1", b"same-value-2"):
        maker.attempt("xattr", folder.attribute, name, b"user.value", value)
    folder.link(b"same-value-3", folder, b"same-value-1")


def acls(maker, folder):
    basic = [(USER_OBJ, 7), (GROUP_OBJ, 5), (OTHER, 0)]
    shapes = {
        b"named-user": acl(*basic, (USER, 7, 1000), (MASK, 7)),
        b"named-users": acl(*basic, *[(USER, number % 8, number * 1000) for number in range(1, 30)], (MASK, 5)),
        b"named-group": acl(*basic, (GROUP, 6, 100), (MASK, 6)),
        b"huge-ids": acl(*basic, (USER, 4, 2**32 - 2), (GROUP, 4, 2**31), (MASK, 4)),
        b"nothing": acl((USER_OBJ, 0), (USER, 0, 0), (GROUP_OBJ, 0), (MASK, 0), (OTHER, 0)),
        b"mask-hides": acl((USER_OBJ, 6), (USER, 7, 1000), (GROUP_OBJ, 7), (MASK, 0), (OTHER, 4)),
        b"mask-alone": acl((USER_OBJ, 6), (GROUP_OBJ, 6), (MASK, 4), (OTHER, 4)),
    }
    for name, value in shapes.items():
        folder.file(b"file-" + name, name)
        maker.attempt(f"ACL {name.decode()}", folder.attribute, b"file-" + name, linux.ACL_ACCESS, value)
        for default in (False, True):
            label = (b"default-" if default else b"both-") + name
            inner = folder.folder(label)
            inner.file(b"before", b"made before the default ACL: it has none")
            inner.folder(b"folder-before").close()
            inner.node(b"fifo-before", FIFO)
            inner.symlink(b"symlink", b"before")
            maker.attempt(f"default ACL {name.decode()}", folder.attribute, label, linux.ACL_DEFAULT, value)
            if not default:
                maker.attempt(f"ACL {name.decode()}", folder.attribute, label, linux.ACL_ACCESS, value)
            # The ACL may keep an ordinary user out of his own directory.
            maker.attempt("a file below a default ACL", inner.file, b"after", b"made after: it inherits")
            maker.attempt("a directory below a default ACL", lambda inner=inner: inner.folder(b"folder-after").close())
            inner.close()
    with folder.folder(b"default-minimal") as inner:
        inner.file(b"before", b"x")
        maker.attempt("minimal default ACL", folder.attribute, b"default-minimal", linux.ACL_DEFAULT, acl((USER_OBJ, 7), (GROUP_OBJ, 0), (OTHER, 0)))
    # An ACL with set-id bits and an owner: three things that undo each other in the wrong order.
    folder.file(b"mixed", b"mixed")
    maker.attempt("owner", folder.owner, b"mixed", 1000, 1001)
    maker.attempt("ACL", folder.attribute, b"mixed", linux.ACL_ACCESS, shapes[b"named-user"])
    folder.mode(b"mixed", 0o6771)
    for name, kind in [(b"fifo", FIFO), (b"socket", SOCKET), (b"characters", CHARACTERS)]:
        if maker.attempt(f"{name.decode()}", folder.node, name, kind, 0o640, 1, 9):
            maker.attempt(f"ACL of {name.decode()}", folder.attribute, name, linux.ACL_ACCESS, shapes[b"named-user"])


def capabilities(maker, folder):
    net_raw, everything = 1 << 13, (1 << 41) - 1
    shapes = {
        b"effective": capability(net_raw), b"permitted": capability(net_raw, effective=False), b"inheritable": capability(0, net_raw, False),
        b"everything": capability(everything, everything), b"nothing": capability(0, 0, False), b"high": capability(1 << 38),
        b"of-a-namespace": capability(net_raw, root=1000),
    }
    for name, value in shapes.items():
        folder.file(name, b"#!/bin/true\n", 0o755)
        maker.attempt("owner", folder.owner, name, 1000, 1000, quiet=maker.user != 0)
        maker.attempt(f"capability {name.decode()}", folder.attribute, name, linux.CAPABILITY, value)
    folder.file(b"set-id", b"#!/bin/true\n", 0o755)
    maker.attempt("owner", folder.owner, b"set-id", 33, 33, quiet=maker.user != 0)
    folder.mode(b"set-id", 0o6755)
    maker.attempt("capability", folder.attribute, b"set-id", linux.CAPABILITY, shapes[b"effective"])
    folder.link(b"set-id-again", folder, b"set-id")
    # A write drops capabilities: content comes first.
    folder.file(b"large", maker.bytes(2_000_000), 0o755)
    maker.attempt("capability", folder.attribute, b"large", linux.CAPABILITY, shapes[b"effective"])


def flags(maker, folder):
    for letter in "iadASDcjtuseTPCFx":
        if letter == "e":
            continue
        name = b"f-" + letter.encode()
        if letter not in "DTP":
            folder.file(name, b"flag " + letter.encode())
            folder.time(name, maker.a_time())
            folder.flags(name, letter)
        name = b"d-" + letter.encode()
        with folder.folder(name) as inner:
            inner.file(b"inside", maker.bytes(100))
            inner.symlink(b"symlink", b"inside")
            inner.folder(b"folder").close()
        folder.flags(name, letter)
    for letters in ("ia", "dA", "iadAS", "SD"):
        name = b"d-" + letters.encode()
        with folder.folder(name) as inner:
            inner.file(b"inside", b"x")
            inner.file(b"immutable-too", b"y")
            inner.flags(b"immutable-too", "i")
            inner.folder(b"folder").close()
            inner.flags(b"folder", "i")
        folder.flags(name, letters)
        if "D" not in letters:
            folder.file(b"f-" + letters.encode(), maker.bytes(5000))
            folder.flags(b"f-" + letters.encode(), letters)
    # A link to a file that cannot be linked to any more; a directory that nothing can be put into any more.
    folder.file(b"linked", b"immutable and linked")
    folder.link(b"linked-again", folder, b"linked")
    with maker.two.folder(b"flags") as other:
        other.link(b"linked-elsewhere", folder, b"linked")
    folder.flags(b"linked", "i")
    folder.sparse(b"sparse", 1 << 20, (65536, b"data"))
    folder.flags(b"sparse", "ai")
    folder.file(b"with-attributes", b"x")
    maker.attempt("xattr", folder.attribute, b"with-attributes", b"user.torture", b"set before the flag")
    folder.flags(b"with-attributes", "i")


def sparse(maker, folder):
    page = 4096
    for size in (1, 511, page - 1, page, page + 1, 65536, (1 << 20) + 1, 48 << 20):
        folder.sparse(b"hole-%d" % size, size)
    folder.sparse(b"hole-at-start", 10 * page, (9 * page, maker.bytes(page)))
    folder.sparse(b"hole-at-end", 10 * page, (0, maker.bytes(page)))
    folder.sparse(b"hole-between", 100 * page, (0, maker.bytes(page)), (99 * page, maker.bytes(page)))
    folder.sparse(b"byte-at-end", 1 << 20, ((1 << 20) - 1, b"x"))
    folder.sparse(b"byte-at-start", (1 << 20) + 1, (0, b"x"))
    folder.sparse(b"unaligned", 1_000_003, (333_333, maker.bytes(7)), (777_777, maker.bytes(12345)))
    folder.sparse(b"written-zeros", 64 * page, (16 * page, bytes(32 * page)))
    folder.file(b"only-zeros", bytes(3 << 20))
    folder.file(b"zeros-then-data", bytes(1 << 20) + maker.bytes(10))
    folder.file(b"data-then-zeros", maker.bytes(10) + bytes(1 << 20))
    pieces = 100 if maker.small else 2000
    folder.sparse(b"chequered", pieces * 2 * page, *[(number * 2 * page, b"%06d" % number * (page // 6)) for number in range(pieces)])
    folder.sparse(b"same-pieces", 200 * page, *[(number * 8 * page, b"same" * (page // 4)) for number in range(25)])
    folder.sparse(b"large-holes", 1 << 30, *[(number * (100 << 20) + number, maker.bytes(70_000)) for number in range(9)])
    folder.sparse(b"chunks-and-holes", 20 << 20, *[(number << 21, maker.bytes((1 << 20) - 1)) for number in range(10)])
    if maker.attempt("preallocated", folder.file, b"preallocated"):
        descriptor = os.open(b"preallocated", os.O_WRONLY, dir_fd=folder.descriptor)
        maker.attempt("preallocation", os.posix_fallocate, descriptor, 0, 1 << 20)
        os.pwrite(descriptor, maker.bytes(page), 128 << 10)
        os.close(descriptor)
        folder.time(b"preallocated", maker.a_time())
    # Deep below 2^31, 2^32 and beyond, where offsets in 32 bits end.
    for bits in (31, 32, 33):
        if maker.options.largest < 1 << bits:
            break
        folder.sparse(b"around-2-%d" % bits, (1 << bits) + 10, ((1 << bits) - 5, b"0123456789"))
    if maker.options.largest >= 1 << 40:
        folder.sparse(b"tebibyte", 1 << 40)
        maker.attempt("1 TiB with data", folder.sparse, b"tebibyte-with-data", 1 << 40, (0, b"start"), (1 << 39, maker.bytes(100_000)), ((1 << 40) - 3, b"end"))
    largest = maker.options.largest
    if largest > 1 << 40:
        for size in (largest, (1 << 62), (1 << 44) - page):
            if maker.attempt(f"{size} bytes", folder.sparse, b"largest", size):
                break


def names(maker, folder):
    with folder.folder(b"bytes") as inner:
        for byte in range(1, 256):
            if byte not in (0x2E, 0x2F):
                maker.attempt(f"name \\x{byte:02x}", inner.file, bytes([byte]), b"%d" % byte)
            if byte != 0x2F:
                maker.attempt(f"name x\\x{byte:02x}y", inner.file, b"x%cy" % byte, b"")
    odd = [
        b"-", b"--", b"-rf", b"--help", b"--no-preserve-root", b"...", b".. ", b" ", b"  ", b" leading", b"trailing ", b"~", b"~root", b"*", b"?", b"[a-z]",
        b"\\", b"\\\\", b"a\\nb", b"$(reboot)", b"`id`", b"%s%n%d", b"{0}", b"a;b", b"a|b", b"a&b", b"a'b", b'a"b', b"#", b"!", b"CON", b"nul", b"a:b",
        b"\n", b"\n\n", b"a\nb", b"\r\n", b"\t", b"\x1b[31mred\x1b[0m", b"\x7f", b"\x00"[:0] + b"\x01\x02\x03", b"\xff", b"\xc3", b"\xc3\x28", b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80", b"\xe2\x80\xae", b"\xef\xbb\xbf", "ä".encode(), "ä".encode(), "İ".encode(), "ß".encode(), "𝕏".encode(), b"case", b"CASE", b"Case",
        b".ebla", b".eblaignore", b"CACHEDIR.TAG", b"core", b"lost+found", b".nfs0000", b".git", b"ebla", b"packs",
        b".ebla-restore-", b".ebla-restore-0123456789abcdef", b".ebla-restore-ffffffffffffffff", b".ebla-restore-\xff", b".ebla", b"latest", b"latest:", b"a:/b"[:2],
        b"sparse-look.tar", b".wh.whiteout", b".wh..wh..opq", b"@", b"$", b"^", b"a=b", b",", b"\\x41", b"%41", b"&amp;", b"\xa0", b"..x", b".x", b"x.", b"x..",
    ]
    with folder.folder(b"odd-files") as files, folder.folder(b"odd-folders") as folders, folder.folder(b"odd-links") as links:
        for name in dict.fromkeys(odd):
            # A real tag of cache folders; an ignore file of bytes that name nothing here.
            content = {b"CACHEDIR.TAG": b"Signature: 8a477f597d28d172789f06886806bc55\n", b".eblaignore": b""}.get(name, name)
            maker.attempt(f"file {linux.show(name)}", files.file, name, content)
            if name == b".eblaignore":
                continue  # As a folder or a link it is reported: an ignore file that cannot be read.
            maker.attempt(f"symlink {linux.show(name)}", links.symlink, name, name)
            if maker.attempt(f"folder {linux.show(name)}", lambda name=name: folders.folder(name).close()):
                with opened(folders, name) as inner:
                    inner.file(name, content)
    with folder.folder(b"long") as inner:
        for name in (b"x" * 255, b"\xff" * 255, b"\n" * 255, b" " * 255, b"-" * 255, b"." * 255, "é".encode() * 127, b"x" * 254 + b"\x80", b"y" * 254):
            maker.attempt("name of 255 bytes", inner.file, name, name[:10])
        for number in range(8):
            name = bytes(byte if byte not in (0, 0x2F) else 0x5F for byte in maker.bytes(255))
            if maker.attempt("name of 255 random bytes", lambda name=name: inner.folder(name).close()):
                with opened(inner, name) as deeper:
                    deeper.file(name, b"at the end")
        # A path near PATH_MAX, and one just beyond it.
        for levels in (14, 15, 16, 17):
            chain(maker, inner, levels, lambda level: b"%02d" % levels + b"p" * 250, b"")


def opened(folder, name):
    return Folder(folder.maker, linux.open_folder(name, folder.descriptor), os.path.join(folder.path, name))


def chain(maker, folder, levels, name, what):
    """A chain of directories, each in the one before; things at its end, and along the way."""
    descriptor = os.dup(folder.descriptor)
    for level in range(levels):
        label = name(level)
        os.mkdir(label, 0o755, dir_fd=descriptor)
        child = linux.open_folder(label, descriptor)
        os.close(descriptor)
        descriptor = child
        maker.made += 1
        if level % 500 == 250:
            way = Folder(maker, descriptor, b"")
            way.symlink(b"link", b"..")
            way.file(b"on-the-way", b"%d" % level)
    with Folder(maker, descriptor, b"") as end:
        of_each_kind(maker, end, b"end-")
        end.file(b"end", b"the end of %d levels" % levels)
        end.time(b"end", maker.a_time())
        end.folder(b"empty").close()
        with folder.maker.top.folder(b"link-of-" + what) if what else Folder(maker, os.dup(descriptor), b"") as near_top:
            near_top.link(b"linked-from-afar", end, b"end")
        if what:
            maker.attempt("xattr", end.attribute, b"end", b"user.depth", b"%d" % levels)
            maker.attempt("xattr", end.attribute, b"empty", b"user.depth", b"%d" % levels)


def deep(maker, folder):
    depth = maker.options.depth
    chain(maker, folder, depth, lambda level: b"d", b"deep")
    # Names of full length: the path itself is megabytes long.
    chain(maker, folder, min(depth, 4000), lambda level: b"%05d" % level + b"n" * 250, b"deep-long")
    # A comb: things to do on the way back from each level.
    comb = folder.folder(b"comb")
    for level in range(min(depth, 2000) // 2):
        for name in (b"a", b"z"):
            comb.folder(name).close()
        comb.file(b"f", b"%d" % level)
        child = comb.folder(b"m")
        comb.close()
        comb = child
    comb.close()


def wide(maker, folder):
    with folder.folder(b"entries") as inner:
        for number in range(maker.options.wide):
            name = b"entry-%07d" % number
            if number % 1000 == 1:
                inner.symlink(name, name)
            elif number % 1000 == 2:
                inner.folder(name).close()
            else:
                inner.file(name, b"%d" % number if number % 100 == 0 else b"")
    with folder.folder(b"folders") as inner:
        for number in range(min(maker.options.wide, 60_000) // 10):
            inner.folder(b"%d" % number).close()


def sizes(maker, folder):
    folder.file(b"empty")
    edges = [1, 2, 511, 512, 4096, 48 << 10, 64 << 10, 128 << 10, 256 << 10, 512 << 10, 1 << 20, 2 << 20]
    if not maker.small:
        edges += [4 << 20, 8 << 20, 16 << 20, 17 << 20, 32 << 20]
    for size in sorted({edge + more for edge in edges for more in (-1, 0, 1)} - {0}):
        shapes = {b"noise": maker.bytes, b"text": maker.text, b"ones": lambda count: b"\1" * count}
        for shape, content in shapes.items() if size < 1 << 20 else [(b"noise", maker.bytes)]:
            folder.file(b"%s-%d" % (shape, size), content(size))
    body = maker.bytes(1_500_000)
    folder.file(b"body", body)
    folder.file(b"body-again", body)
    folder.file(b"body-shifted", b"shift" + body)
    for number in range(50 if maker.small else 1000):
        folder.file(b"tiny-%04d" % number, b"%d" % number)


def unreadable(maker, folder):
    """Modes that keep an ordinary user out, even of what is his own. Root reads them all."""
    for mode in (0, 0o100, 0o200, 0o300, 0o400, 0o500):
        with folder.folder(b"d%03o" % mode) as inner:
            inner.file(b"inside", b"out of reach\n")
            with inner.folder(b"folder") as deeper:
                deeper.file(b"deeper", b"x")
        folder.mode(b"d%03o" % mode, mode)
        folder.file(b"f%03o" % mode, b"secret\n")
        folder.mode(b"f%03o" % mode, mode)
    for number, mode in enumerate((0, 0o700)):
        folder.file(b"of-root-%d" % number, b"of root")
        maker.attempt("owner", folder.owner, b"of-root-%d" % number, 0, 0, quiet=maker.user != 0)
        folder.mode(b"of-root-%d" % number, mode)


def mixed(maker, folder):
    """Everything at once on single entries, so that what is set later undoes what was set before."""
    for number in range(3 if maker.small else 30):
        name = b"f%d" % number
        folder.sparse(name, 300_000, (maker.random.randrange(200_000), maker.bytes(50_000)))
        folder.link(b"link-%d" % number, folder, name)
        decorate(maker, folder, name, 0o6751)
        maker.attempt("capability", folder.attribute, name, linux.CAPABILITY, capability(1 << number), quiet=maker.user != 0)
        folder.time(name, maker.a_time())
        folder.flags(name, maker.random.choice(["i", "a", "d", "A", "iad", "dA"]))
        label = b"d%d" % number
        with folder.folder(label) as inner:
            for entry in of_each_kind(maker, inner):
                decorate(maker, inner, entry, 0o750)
                inner.time(entry, maker.a_time())
        decorate(maker, folder, label, 0o3775)
        maker.attempt("ACL", folder.attribute, label, linux.ACL_DEFAULT, acl((USER_OBJ, 7), (USER, 1, 5), (GROUP_OBJ, 0), (MASK, 1), (OTHER, 0)))
        folder.flags(label, maker.random.choice(["i", "a", "d", "A", "iad", "dA"]))
    # An entry of the other root with the same name and other content.
    with maker.two.folder(b"mixed") as other:
        other.file(b"f0", b"not the same")


def decorate(maker, folder, name, mode):
    quiet = maker.user != 0
    kind = stat.S_IFMT(folder.status(name).st_mode)
    maker.attempt("owner", folder.owner, name, 1000 + maker.random.randrange(3), 2000 + maker.random.randrange(3), quiet=quiet)
    if kind in (stat.S_IFREG, stat.S_IFDIR):
        maker.attempt("user xattr", folder.attribute, name, b"user.mixed", maker.bytes(maker.random.randrange(300)))
        folder.mode(name, mode)
    for key in (b"trusted.mixed", b"security.mixed"):
        try:
            folder.attribute(name, key, maker.bytes(20))
        except OSError as error:
            if not quiet or error.errno != errno.EPERM:
                maker.note(f"{key.decode()} of {linux.kind_of(kind)}: {linux.error_text(error)}")


SECTIONS = {
    "kinds": kinds, "modes": modes, "owners": owners, "times": times, "symlinks": symlinks, "hard-links": hard_links, "xattrs": xattrs, "acls": acls,
    "capabilities": capabilities, "flags": flags, "sparse": sparse, "names": names, "deep": deep, "wide": wide, "sizes": sizes,
    "unreadable": unreadable, "mixed": mixed,
}
