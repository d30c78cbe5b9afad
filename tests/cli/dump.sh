# shellcheck shell=bash
# What dump writes, other programs read: GNU tar makes the source of it again, unzip finds no fault, a file comes out as it is; and of what is
# damaged no archive is made that they take for whole.
make_repository
mkdir -p source/sub/empty source/plain/below
printf 'plain\n' > source/plain/below/file
head -c 3000000 /dev/urandom > source/big
cp source/big source/copy
: > source/nothing
printf 'small\n' > source/sub/small
ln source/sub/small source/second-name
ln source/sub/small source/sub/third-name
printf 'name\n' > "source/"$'caf\xe9\n\x01'
printf 'unicode\n' > "source/"$'\xe2\x82\xac uro'
long=$(printf 'x%.0s' {1..255})
printf 'long name\n' > "source/$long"
mkdir -p "source/${long:5}-d/$long/$long"
printf 'long path\n' > "source/${long:5}-d/$long/$long/$long"
ln -s sub/small source/link
ln -s "/$long/$long/"$'caf\xe9' source/far-link
ln source/"$long" "source/${long:5}-d/second"
mkfifo source/pipe
truncate -s 5M source/sparse
printf 'in the middle' | dd of=source/sparse bs=1 seek=2500000 conv=notrunc status=none
setfattr -n user.text -v 'a text' source/sub/small
setfattr -n user.binary -v 0x00ff0a3d00 source/big
setfattr -n user.large -v "$(head -c 2000 /dev/zero | tr '\0' y)" source/sub
ignored=extents
if (( EUID == 0 )); then
    mknod source/null c 1 3
    chown 12345:54321 source/sub/small
    chown -h 2097152:3000000 source/far-link
    setfattr -n trusted.mark -v 'of root' source/copy
    setcap cap_net_raw+ep source/copy
    setfacl -m u:4321:r -m g:9:rw source/big
    setfacl -d -m u:4321:rwx source/sub
fi
chmod 4751 source/nothing
chmod 1770 source/sub
touch -d '2001-02-03 04:05:06.789012345Z' source/big
touch -h -d '1969-12-31 23:59:58.000000001Z' source/link
touch -d '2300-01-01 00:00:00.5Z' source/nothing
touch -d '1950-06-07 08:09:10.123456789Z' source/sub
expect_exit 0 ebla backup source
from=latest:$PWD/source

# untar FILE FOLDER
untar() {
    mkdir "$2"
    tar -x --xattrs --xattrs-include='*' --numeric-owner -p -f "$1" -C "$2" 2> tar.err
}
expect_exit 0 ebla dump "$from"
mv stdout whole.tar
untar whole.tar unpacked
grep -vE "Ignoring unknown extended header keyword 'hdrcharset'|implausibly old time stamp|s in the future" tar.err > tar.rest || true
[[ ! -s tar.rest ]] || fail "tar says: $(cat tar.rest)"
expect_exit 0 "$ROOT/tests/torture/compare" source unpacked --ignore "$ignored"
[[ $(stat -c %h unpacked/second-name) == 3 ]] || fail "the hard links are $(stat -c %h unpacked/second-name)"

# The whole snapshot, by a pipe; and a part.
mkdir piped
ebla dump latest --format tar | tar -x --xattrs --xattrs-include='*' --numeric-owner -p -C piped 2> tar.err
expect_exit 0 "$ROOT/tests/torture/compare" source "piped$PWD/source" --ignore "$ignored"
expect_exit 0 ebla dump "$from/sub/small" --format tar
mv stdout one.tar
untar one.tar one
cmp source/sub/small one/small
[[ $(ls one) == small ]] || fail "one file: $(ls one)"
# Python reads it too.
python3 -c '
import sys, tarfile
with tarfile.open("whole.tar", errors="surrogateescape", encoding="utf-8") as tar:
    names = {member.name for member in tar.getmembers()}
assert "sub/empty" in names and "\u20ac uro" in names, names'

# zip: folders, files and links.
expect_exit 0 ebla dump "$from/plain" --format zip
mv stdout plain.zip
unzip -tq plain.zip > zip.out || { cat zip.out; fail "unzip finds faults"; }
expect_exit 3 ebla dump "$from" --format zip
mv stdout whole.zip
expect_match 'pipe' stderr
unzip -tq whole.zip > zip.out || { cat zip.out; fail "unzip finds faults"; }
mkdir unzipped
python3 -c '
import os, stat, sys, zipfile
os.chdir("unzipped")
with zipfile.ZipFile("../whole.zip") as file:
    assert file.testzip() is None
file = zipfile.ZipFile("../whole.zip")
for name in ("big", "copy", "nothing", "sub/small", "second-name", "sparse", "\u20ac uro"):
    with open("../source/" + name, "rb") as source:
        assert file.read(name) == source.read(), name
    assert file.getinfo(name).external_attr >> 16 & 0o7777 == stat.S_IMODE(os.stat("../source/" + name).st_mode), name
link = file.getinfo("link")
assert stat.S_ISLNK(link.external_attr >> 16) and file.read("link") == b"sub/small"
assert "sub/empty/" in file.namelist()'

# A file, raw.
for name in big nothing sparse sub/small $'caf\xe9\n\x01' "$long"; do
    expect_exit 0 ebla dump "$from/$name"
    cmp stdout "source/$name"
done
expect_exit 1 ebla dump "$from/sub" --format raw
expect_exit 1 ebla dump "$from/missing"
expect_exit 2 ebla dump "$from" --json
expect_exit 2 ebla dump "$from" --format cpio
# A reader who closes early is no failure of dump.
ebla dump "$from/big" 2> early.err | head -c 10 > early || true
cmp -n 10 early source/big
[[ ! -s early.err ]] || fail "closed early: $(cat early.err)"

# Sockets have no place in a tar archive: told once, all else is there.
python3 -c '
import socket
for i in range(3):
    socket.socket(socket.AF_UNIX).bind(f"source/sub/socket{i}")'
expect_exit 0 ebla backup source
expect_exit 3 ebla dump "$from"
mv stdout sockets.tar
[[ $(grep -c socket stderr) == 1 ]] || fail "not told once: $(cat stderr)"
expect_match 'sockets \(and 2 more\)' stderr
untar sockets.tar sockets
expect_exit 0 "$ROOT/tests/torture/compare" source sockets --ignore "$ignored" --allow 'missing:sub/socket.' --allow 'mtime:[.]'
rm source/sub/socket*

# Damage, wherever it is: exit code 4, what was written before is right, and no reader takes it for whole.
mkdir many
for i in 1 2 3 4 5 6 7 8; do head -c 700000 /dev/urandom > "many/f$i"; done
expect_exit 0 ebla backup many
pack=$(find repo -type f -size +5M -printf '%T@ %p\n' | sort -rn | head -n 1 | cut -d' ' -f2)
chmod u+w "$pack"
cp "$pack" pack.right
for at in 10000 1500000 3000000 5500000; do
    cp pack.right "$pack"
    printf 'XXXX' | dd of="$pack" bs=1 seek=$at conv=notrunc status=none
    expect_exit 4 ebla dump "latest:$PWD/many"
    mv stdout cut.tar
    [[ $(grep -c '^ebla: ' stderr) == 1 ]] || fail "not told: $(cat stderr)"
    rm -rf cut
    ! untar cut.tar cut || fail "tar takes the archive damaged at $at for whole"
    mapfile -t there < <(cd cut && find . -type f | sort)
    (( ${#there[@]} <= 8 )) || fail "more than there was"
    if (( ${#there[@]} > 1 )); then
        for name in "${there[@]::${#there[@]}-1}"; do cmp "many/$name" "cut/$name"; done
    fi
    expect_exit 4 ebla dump "latest:$PWD/many" --format zip
    mv stdout cut.zip
    ! unzip -tq cut.zip > zip.out 2>&1 || fail "unzip takes the archive damaged at $at for whole"
    code=0 failed=0
    for i in 1 2 3 4 5 6 7 8; do
        code=0
        ebla dump "latest:$PWD/many/f$i" > raw 2> stderr || code=$?
        if [[ $code == 0 ]]; then cmp raw "many/f$i"; else failed=$(( failed + 1 )); [[ $code == 4 ]] || fail "exit code $code for f$i"; fi
        cmp -n "$(stat -c %s raw)" raw "many/f$i"
    done
    (( failed >= 1 && failed < 8 )) || fail "$failed of 8 files are damaged"
done
