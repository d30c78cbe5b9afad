# shellcheck shell=bash
# Real processes at once on one repository: machines that back up, some of them killed; one that forgets and prunes, and another that prunes;
# one that restores. For EBLA_CROWD_SECONDS (default 25). Afterwards everything that was said to be stored is there.
make_repository
seconds=${EBLA_CROWD_SECONDS:-25}
until=$(( $(date +%s) + seconds ))
mkdir shared
for number in $(seq 1 30); do
    head -c $(( RANDOM * 20 + 1000 )) /dev/urandom > "shared/$number"
done

# machine NAME: backs up a folder that changes; every third time it is killed.
machine() {
    local turn=0 id
    mkdir -p "$1"
    while (( $(date +%s) < until )); do
        turn=$(( turn + 1 ))
        cp "shared/$(( RANDOM % 30 + 1 ))" "$1/$(( RANDOM % 12 ))"
        head -c $(( RANDOM * 4 + 1 )) /dev/urandom > "$1/own$(( RANDOM % 3 ))"
        if (( turn % 3 == 0 )); then
            timeout -s KILL "0.$(( RANDOM % 10 ))" ebla backup "$1" --host "$1" --quiet > /dev/null 2>&1 || true
        elif ebla backup "$1" --host "$1" --json > "$1.json" 2> "$1.err"; then
            id=$(json 'd["snapshot_id"]' "$1.json")
            rm -rf "$1.copy"
            cp -a "$1" "$1.copy"
            echo "$id" > "$1.last"
        else
            cat "$1.err" >> "$1.failed"
        fi
    done
}
pruner() {
    local code
    while (( $(date +%s) < until )); do
        [[ $1 == second ]] || ebla forget --keep-last 2 --force --quiet > /dev/null 2>> forget.err || true
        code=0
        ebla prune --max-unused 0 --fence-after 2s --wait 10s --quiet > "prune-$1" 2> "prune-$1.err" || code=$?
        [[ $code == 0 || $code == 11 ]] || { echo "exit $code"; cat "prune-$1.err"; } >> "prune-$1.failed"
        echo "$code" >> "prune-$1.codes"
    done
}
reader() {
    local code
    while (( $(date +%s) < until )); do
        code=0
        rm -rf out-reader
        ebla restore latest out-reader --quiet > /dev/null 2> reader.err || code=$?
        # A snapshot that was forgotten and removed while it was read is no damage.
        [[ $code == 0 ]] || cat reader.err >> reader.notes
    done
}
machine one & machine two & machine three & pruner first & pruner second & reader &
wait
for failed in *.failed; do
    [[ ! -e $failed ]] || fail "$failed: $(head -n 5 "$failed")"
done
grep -q 0 prune-first.codes || fail "no prune came through: $(sort prune-first.codes | uniq -c)"
expect_exit 0 ebla prune --max-unused 0 --fence-after 2s --wait 1m
expect_exit 0 ebla check --read-data
for name in one two three; do
    [[ -e $name.last ]] || fail "$name never ended a backup"
    expect_exit 0 ebla restore "$(cat "$name.last")" "out-$name" --quiet
    expect_same "out-$name$PWD/$name" "$name.copy"
done
