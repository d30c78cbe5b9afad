# shellcheck shell=bash
# Sparse files: holes are neither read nor stored nor written, wherever they are.
make_repository
mkdir source
truncate -s 1T source/hole
truncate -s 1T source/giant
for at in 7 524288 1048575; do
    head -c 70000 /dev/urandom | dd of=source/giant bs=1M seek="$at" conv=notrunc status=none
done
head -c 50000 /dev/urandom > source/hole-at-end
truncate -s 10M source/hole-at-end
truncate -s 10M source/hole-at-start
head -c 50001 /dev/urandom >> source/hole-at-start
python3 - <<'EOF'
# A hole behind every block: more extents than stand in a node.
import os
with open('source/comb', 'wb') as comb:
    for i in range(3000):
        comb.seek(i * 16384)
        comb.write(i.to_bytes(4, 'little') * 1024)
    comb.truncate(3000 * 16384)
EOF
sync -f source

started=$EPOCHREALTIME
expect_exit 0 ebla backup source --json
elapsed=$(( (${EPOCHREALTIME/./} - ${started/./}) / 1000 ))
(( elapsed < 20000 )) || fail "two files of a TiB took $elapsed ms"
size=$(( $(stat -c %s source/* | paste -sd+) ))
expect_json "d['bytes_processed'] == $size and d['bytes_added'] < 14_000_000 and d['errors'] == 0" stdout
expect_exit 0 ebla backup source --json --sentinel 1/1
expect_json 'd["sentinel_files"] == 5 and d["files_unmodified"] == 5 and d["rot_alarms"] == 0' stdout
expect_exit 0 ebla check --read-data

expect_exit 0 ebla restore latest restored
for file in hole giant hole-at-end hole-at-start comb; do
    a=source/$file b=restored$PWD/source/$file
    [[ $(stat -c %s "$a") == "$(stat -c %s "$b")" ]] || fail "$file: another size"
    (( $(stat -c %b "$b") <= $(stat -c %b "$a") )) || fail "$file: $(stat -c %b "$b") blocks, was $(stat -c %b "$a")"
done
for file in hole-at-end hole-at-start comb; do
    cmp "source/$file" "restored$PWD/source/$file"
done
for at in 0 7 524288 1048575; do
    cmp <(dd if=source/giant bs=1M skip="$at" count=1 status=none) <(dd "if=restored$PWD/source/giant" bs=1M skip="$at" count=1 status=none)
done
