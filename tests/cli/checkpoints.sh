# shellcheck shell=bash
# Killed with -9 at any moment, a backup that made checkpoints is worth something: the partial snapshot restores, check is clean, and
# the next run reads little again.
make_repository
mkdir source
mkdir source/small
seq 1 20000 | split -l 1 -a 4 - source/small/

# noise SEED: what the partial snapshots hold of it already would not have to be stored again, and the later rounds would be through too soon.
noise() {
    openssl enc -aes-128-ctr -nosalt -pass "pass:$1" -pbkdf2 -iter 1 < /dev/zero 2> /dev/null | head -c 250000000 | split -b 10000000 - source/noise || true
}

objects() { find repo/snapshots -type f 2> /dev/null | wc -l; }

# More checkpoints each time. The program is held back, or it would be through before the first.
for round in 1 2 3; do
    noise "$round"
    before=$(objects)
    ebla backup --quiet --checkpoint-every 1s --limit-upload 25M source > killed.out 2>&1 &
    process=$!
    while kill -0 "$process" 2> /dev/null && (( $(objects) < before + round )); do
        sleep 0.05
    done
    sleep "0.0$(( round * 7 % 10 ))"
    kill -9 "$process" 2> /dev/null || true
    wait "$process" 2> /dev/null || true
    (( $(objects) > before )) || fail "no partial snapshot"
    expect_exit 0 ebla check
    expect_exit 0 ebla restore latest "restored$round"
    expect_match "it holds what was backed up before that backup was interrupted" stdout
    # What is there is right; what is not there was not finished.
    if diff -r source "restored$round$PWD/source" | grep -v '^Only in source'; then
        fail "a partial snapshot restored something else"
    fi
    rm -rf "restored$round"
done

expect_exit 0 ebla snapshots --json --all
expect_json 'len([s for s in d if s["partial"]]) >= 3' stdout
partial=$(python3 -c 'import json; print(max((s for s in json.load(open("stdout")) if s["partial"]), key=lambda s: s["time"])["files"])')
total=$(find source -type f | wc -l)
(( partial > 0 )) || fail "partial snapshots without a file"
expect_exit 0 ebla backup --json source
expect_json "d['files_unmodified'] >= $partial and d['files_unmodified'] + d['files_new'] + d['files_changed'] == $total" stdout
expect_json 'd["partial_snapshots"] == 0' stdout
expect_exit 0 ebla check
# The whole one hides what it supersedes, and is the latest.
expect_exit 0 ebla snapshots --json
expect_json 'd and not any(s["partial"] for s in d)' stdout
expect_exit 0 ebla snapshots --json --all
expect_json 'len(d) > 3' stdout
expect_exit 0 ebla restore latest restored
expect_same source "restored$PWD/source"

for wrong in 5 -1m 1w 31d m '' 1000h; do
    expect_exit 2 ebla backup --checkpoint-every "$wrong" source
done
expect_exit 0 ebla backup --checkpoint-every 0 source
