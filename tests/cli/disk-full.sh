# A full disk: one clear line, exit 1, what was there stays whole, and with more room the next run carries on.
mkdir source disk
seq 1 300000 > source/first
script=$PWD/inside
cat > "$script" <<'INSIDE'
set -euo pipefail
. "$ROOT/tests/cli/lib"
mount -t tmpfs -o size=40m tmpfs disk
export EBLA_REPOSITORY=$PWD/disk/repo EBLA_KEY_FILE=$PWD/key
expect_exit 0 ebla init
expect_exit 0 ebla backup source
openssl enc -aes-128-ctr -nosalt -pass pass:full -pbkdf2 -iter 1 < /dev/zero 2> /dev/null | head -c 90000000 > source/large || true
for attempt in 1 2 3; do
    expect_exit 1 ebla backup source
    expect_match 'No space left|no space left' stderr
    (( $(wc -l < stderr) <= 3 )) || { cat stderr; fail "more than a line or two for a full disk"; }
    expect_exit 0 ebla check
done
[[ $(ebla snapshots --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))') == 1 ]] || fail "a snapshot of a failed run"
mount -o remount,size=200m disk
expect_exit 0 ebla backup source
expect_exit 0 ebla check --read-data
expect_exit 0 ebla restore latest restored
expect_same source "restored$PWD/source"
INSIDE
if (( EUID == 0 )); then unshare -m bash "$script"; else unshare -Urm bash "$script"; fi
