# shellcheck shell=bash
# The rot sentinel: bytes change on the disk, below the file system's notice. The alarm says how to get the old content, and that works.
(( EUID == 0 )) || skip "needs root, for a file system of its own"
make_repository
truncate -s 64M image
mkfs.ext4 -q -b 4096 image
mkdir disk
mount -o loop image disk || skip "cannot mount a loop device here"
trap 'umount "$PWD/disk"' EXIT

# The file's place in the image; it must be on the disk for that.
mkdir "disk/it's"
file="$PWD/disk/it's/ledger"
seq 1 5000 > "$file"
head -c 3000000 /dev/urandom > disk/long
truncate -s 2000000 disk/sparse
printf tail >> disk/sparse
ln "$file" disk/second
echo small > disk/small
sync -f disk
cp -a disk/. before

block() {
    debugfs -R "bmap <$(stat -c %i "$1")> 0" image 2> /dev/null
}

# flip FILE OFFSET: another byte there in the image. By direct I/O, as a failing disk: what the loop device holds in memory stays.
flip() {
    local at=$(( $(block "$1") * 4096 + $2 ))
    python3 - image "$at" <<'EOF'
import sys
with open(sys.argv[1], 'r+b', buffering=0) as image:
    image.seek(int(sys.argv[2]))
    byte = image.read(1)[0]
    image.seek(int(sys.argv[2]))
    image.write(bytes([byte ^ 0x40]))
EOF
    # The loop device's own cache, between the file system and the image.
    blockdev --flushbufs "$(findmnt -n -o SOURCE disk)"
}

expect_exit 0 ebla backup disk --json
first=$(json 'd["snapshot_id"]' stdout)
expect_exit 0 ebla backup disk --json --sentinel 1/1
# Two readers may each have met one of the two names of one file at the same time.
expect_json 'd["sentinel_files"] in (4, 5) and d["sentinel_bytes"] > 5e6 and d["rot_alarms"] == 0' stdout
expect_json 'd["files_unmodified"] == 5 and d["files_changed"] == 0 and d["bytes_added"] < 4096' stdout

# Without the sentinel nobody notices, although nothing was remounted.
flip "$file" 100
expect_exit 0 ebla backup disk --json --sentinel off
expect_json 'd["rot_alarms"] == 0 and d["files_unmodified"] == 5 and d["sentinel_files"] == 0' stdout

expect_exit 3 ebla backup disk --json --sentinel 1/1
expect_json 'd["rot_alarms"] == 2 and d["errors"] == 0' stdout
expect_match "ROT ALARM: $file: its content has changed, its size and times have not" stderr
expect_match "ROT ALARM: $PWD/disk/second: " stderr
(( $(wc -l < stderr) == 2 )) || fail "more than the alarms: $(cat stderr)"

# What it says brings the content back.
restore=$(sed -n "s|.*ledger: .*to get it: ||p" stderr)
[[ $restore == "ebla restore "* ]] || fail "no command in the alarm"
expect_exit 0 bash -c "$restore"
cmp "before/it's/ledger" rescued/ledger || fail "not the content as it was"

# The new content is in the new snapshot; it is told once.
expect_exit 0 ebla restore "latest:$PWD/disk/it's" now
cmp "$file" now/ledger || fail "the newest snapshot has not what is on the disk"
if cmp -s "before/it's/ledger" now/ledger; then
    fail "the disk was not changed"
fi
expect_exit 0 ebla backup disk --json --sentinel 1/1
expect_json 'd["rot_alarms"] == 0 and d["sentinel_files"] in (4, 5)' stdout

# A budget far above the data reads all; a small one hardly any. Holes that are none any more.
flip disk/long 2999999
expect_exit 3 ebla backup disk --json --sentinel 1GiB
expect_json 'd["rot_alarms"] == 1 and d["sentinel_files"] in (4, 5)' stdout
expect_match 'ROT ALARM: .*disk/long: ' stderr
expect_exit 3 ebla backup disk --sentinel 1/1 --quiet "$(dirname "$PWD")/missing"
expect_exit 2 ebla backup disk --sentinel 1/0
expect_match "is no share" stderr
expect_exit 2 ebla backup disk --sentinel some

# After all that, the first snapshot is as it was.
expect_exit 0 ebla check --read-data
expect_exit 0 ebla restore "$first:$PWD/disk" whole
umount disk
trap - EXIT
(cd before && find . -type f -exec cmp {} "../whole/{}" \;) > differ
[[ ! -s differ ]] || fail "the first snapshot is not whole any more: $(cat differ)"
