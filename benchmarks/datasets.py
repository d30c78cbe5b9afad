"""The data sets of ./bench: built once in a cache folder, the same from the same seed and packages, and edited reversibly.

Each set has a `path` (a file or a folder), and `edit()` / `revert()`, which turn it into its edited version and back.
"""
import os
import random
import shutil
import subprocess

MIB = 1 << 20


def run(*command, **options):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **options)


class DataSet:
    """A set named `name` in `cache`; `build(path)` makes it where it is not there yet, under a temporary name first."""

    def __init__(self, name, what, cache, build):
        self.name, self.what, self.folder = name, what, os.path.join(cache, name)
        self.path = os.path.join(self.folder, "data")
        self._build = build

    def prepare(self):
        if not os.path.lexists(self.path):
            os.makedirs(self.folder, exist_ok=True)
            partial = self.path + ".partial"
            remove(partial)
            self._build(partial)
            os.rename(partial, self.path)
        self.revert()  # a run that was cut off may have left its edit


class FolderSet(DataSet):
    """Edit: 1 % of the files get a line inserted, bytes appended, or new content. The originals are kept beside, to go back."""

    def files(self):
        return sorted(os.path.join(folder, name) for folder, _, names in os.walk(self.path) for name in names
                      if os.path.isfile(os.path.join(folder, name)) and not os.path.islink(os.path.join(folder, name)))

    def size(self):
        files = self.files()
        return sum(os.path.getsize(file) for file in files), len(files)

    def edit(self):
        rng = random.Random(f"edit {self.name}")
        files = self.files()
        kept = os.path.join(self.folder, "originals")
        os.makedirs(kept)
        for number, file in enumerate(sorted(rng.sample(files, max(1, len(files) // 100)))):
            # Recorded before the change, so that a revert after a cut finds it.
            shutil.copy2(file, os.path.join(kept, f"{number}"))
            with open(os.path.join(kept, f"{number}.path"), "w", encoding="utf-8", errors="surrogateescape") as out:
                out.write(file)
            with open(file, "rb") as source:
                content = source.read()
            kind, at = rng.random(), rng.randrange(len(content) + 1)
            if kind < 0.6:
                content = content[:at] + f"/* changed: {rng.random()} */\n".encode() + content[at:]
            elif kind < 0.85:
                content += rng.randbytes(rng.randrange(1, 4096))
            else:
                content = rng.randbytes(len(content) or 100)
            with open(file, "r+b") as target:
                target.write(content)

    def revert(self):
        kept = os.path.join(self.folder, "originals")
        for name in os.listdir(kept) if os.path.isdir(kept) else []:
            if name.endswith(".path"):
                with open(os.path.join(kept, name), encoding="utf-8", errors="surrogateescape") as source:
                    shutil.copy2(os.path.join(kept, name[:-5]), source.read())
        remove(kept)


class FileSet(DataSet):
    """Edit: scattered overwrites of 64 KiB and one insertion, so that everything after it moves."""

    def size(self):
        return os.path.getsize(self.path), 1

    def edit(self):
        original, edited = os.path.join(self.folder, "original"), os.path.join(self.folder, "edited")
        if not os.path.exists(edited):
            self._write_edited(edited + ".partial")
            os.rename(edited + ".partial", edited)
        os.rename(self.path, original)
        os.rename(edited, self.path)

    def revert(self):
        original, edited = os.path.join(self.folder, "original"), os.path.join(self.folder, "edited")
        if os.path.exists(original):
            if os.path.exists(self.path):
                os.rename(self.path, edited)
            os.rename(original, self.path)

    def _write_edited(self, path):
        rng = random.Random(f"edit {self.name}")
        length = os.path.getsize(self.path)
        run("cp", "--sparse=always", self.path, path)
        count = max(10, 200 * length // (2048 * MIB))
        with open(path, "r+b") as target:
            for _ in range(count):
                target.seek(rng.randrange(length - 65536))
                target.write(rng.randbytes(65536))
        # The insertion: what follows is written again, 1,000 bytes later.
        at = length // 3
        with open(path, "rb") as source, open(path + ".tail", "wb") as tail:
            source.seek(at)
            shutil.copyfileobj(source, tail, MIB)
        with open(path, "r+b") as target, open(path + ".tail", "rb") as tail:
            target.seek(at)
            target.write(rng.randbytes(1000))
            shutil.copyfileobj(tail, target, MIB)
        os.remove(path + ".tail")


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.remove(path)


def linux_source(path, package="linux-source-6.1"):
    """The unpacked source package. False where it cannot be had."""
    work = path + ".package"
    remove(work)
    os.makedirs(work)
    try:
        subprocess.run(["apt-get", "download", "-qq", package], cwd=work, check=True, capture_output=True)
        deb = next(name for name in os.listdir(work) if name.endswith(".deb"))
        run("dpkg-deb", "-x", deb, ".", cwd=work)
        archive = os.path.join(work, "usr", "src", package + ".tar.xz")
        os.makedirs(path)
        run("tar", "-C", path, "--strip-components=1", "--no-same-owner", "-xf", archive)
        return True
    except (OSError, StopIteration, subprocess.CalledProcessError) as error:
        print(f"{package} cannot be had ({error}): a generated source tree instead", flush=True)
        return False
    finally:
        remove(work)


def generated_source(path, count):
    """Files that compress about as source does: lines from a skewed vocabulary, sizes log-normal around 6 KiB, 30 a folder."""
    rng = random.Random("source")
    words = ["".join(rng.choices("etaoinshrdlucmfwypvbgkjqxz_", range(27, 0, -1), k=rng.randrange(2, 14))) for _ in range(8000)]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    for number in range(count):
        folder = os.path.join(path, f"d{number // 900:03}", f"d{number // 30 % 30:02}")
        os.makedirs(folder, exist_ok=True)
        size = min(int(rng.lognormvariate(8.7, 1.1)), MIB)
        pool = rng.choices(words, weights, k=min(size // 6 + 8, 4000))
        lines, length = [], 0
        while length < size:
            start = rng.randrange(len(pool))
            line = "    " * rng.randrange(4) + " ".join(pool[start:start + rng.randrange(1, 9)]) + rng.choice([";", " {", ",", "();"])
            lines.append(line)
            length += len(line) + 1
        with open(os.path.join(folder, f"f{number}.c"), "w", encoding="ascii") as out:
            out.write("\n".join(lines))


def source(path, quick):
    if quick:
        generated_source(path, 1500)
    elif not linux_source(path):
        generated_source(path, 80000)


def usr(path, quick):
    if quick:
        copy_usr(path, 150 * MIB)
    else:
        run("cp", "-ax", "--reflink=auto", "/usr", path)


def copy_usr(path, limit):
    """A seeded choice of files of /usr, about `limit` bytes."""
    files = []
    for folder, folders, names in os.walk("/usr"):
        folders.sort()
        files += [os.path.join(folder, name) for name in sorted(names)]
    rng = random.Random("usr")
    rng.shuffle(files)
    total = 0
    for file in files:
        if os.path.isfile(file) and not os.path.islink(file) and total + os.path.getsize(file) <= limit:
            target = path + file[len("/usr"):]
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy2(file, target)
            total += os.path.getsize(file)


def image(path, size):
    """An ext4 file system two thirds full, with the holes that it has."""
    content = path + ".content"
    remove(content)
    copy_usr(content, size * 2 // 3)
    environment = dict(os.environ, E2FSPROGS_FAKE_TIME="1700000000", SOURCE_DATE_EPOCH="1700000000")
    uuid = "8f3c1f9e-0000-4000-8000-0000000eb1a0"
    run("mkfs.ext4", "-q", "-U", uuid, "-E", f"hash_seed={uuid}", "-d", content, path, f"{size // MIB}M", env=environment)
    remove(content)


def noise(path, size):
    rng = random.Random("noise")
    with open(path, "wb") as out:
        for _ in range(size // MIB):
            out.write(rng.randbytes(MIB))


def all_sets(cache, quick):
    cache = os.path.join(cache, "quick" if quick else "full")
    return {
        "source": FolderSet("source", "a source tree", cache, lambda path: source(path, quick)),
        "usr": FolderSet("usr", "a copy of /usr", cache, lambda path: usr(path, quick)),
        "image": FileSet("image", "a disk image (ext4)", cache, lambda path: image(path, (192 if quick else 2048) * MIB)),
        "noise": FileSet("noise", "noise", cache, lambda path: noise(path, (64 if quick else 1024) * MIB)),
    }
