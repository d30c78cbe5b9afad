# shellcheck shell=bash
# What was backed up comes back the same; parts of it too; into places where something is already.
make_repository
mkdir -p source/sub/deep source/empty
head -c 3M /dev/urandom > source/big
cp source/big source/copy
printf 'a small file\n' > source/sub/small
: > source/sub/deep/nothing
ln source/sub/small source/second-name
ln -s sub/small source/link
ln -s /nowhere source/dangling
mkfifo source/pipe
truncate -s 8M source/sparse
printf 'name\n' > "source/"$'caf\xe9'
chmod 640 source/sub/small
chmod 1770 source/sub
touch -d '2001-02-03 04:05:06.789012345' source/big source/sub
expect_exit 0 ebla backup source --json
id=$(json 'd["snapshot_id"]' stdout)

expect_exit 0 ebla restore latest whole
expect_match "^snapshot ${id:0:8} restored: 7 files, 14.0 MiB in .*; read 3\\.[0-9] MiB$" stdout
expect_same source "whole$PWD/source"
expect_exit 0 ebla restore "$id" whole --json
expect_json 'd["snapshot_id"] == "'"$id"'" and d["files"] == 7 and d["errors"] == 0 and d["bytes_restored"] == 14 * 2 ** 20 + 31' stdout
expect_json 'sorted(d) == ["bytes_fetched", "bytes_kept", "bytes_restored", "deleted", "dirs", "dry_run", "duration_seconds", "errors", "files", "left", "others", "snapshot_id", "steps", "store"]' stdout
expect_same source "whole$PWD/source"

expect_exit 0 ebla restore "${id:0:8}:$PWD/source" part
expect_same source part
expect_exit 0 ebla restore "latest:$(uname -n):$PWD/source/sub/small" one
cmp source/sub/small one/small
expect_exit 0 ebla restore "latest:$PWD/source/"$'caf\xe9' one
cmp "source/"$'caf\xe9' "one/"$'caf\xe9'

for snapshot in 00000000 abc latest:nobody "latest:/missing" nonsense; do
    expect_exit 1 ebla restore "$snapshot" out
    [[ $(wc -l < stderr) == 1 ]] || fail "more than a line: $(cat stderr)"
done
touch file
expect_exit 1 ebla restore latest file/target
expect_exit 2 ebla restore latest

# Damage: what is whole comes back, what is not is named, and the exit code says so.
head -c 3M /dev/urandom > source/other
expect_exit 0 ebla backup source
pack=$(find repo -type f -size +2M -printf '%T@ %p\n' | sort -rn | head -n 1 | cut -d' ' -f2)
chmod u+w "$pack"
printf 'XXXX' | dd of="$pack" bs=1 seek=1500000 conv=notrunc status=none
expect_exit 3 ebla restore "latest:$PWD/source" damaged --json
expect_json 'd["errors"] == 1 and d["files"] == 7' stdout
expect_match "source/other" stderr
rm -f source/other damaged/other
touch -r source damaged
expect_same source damaged
