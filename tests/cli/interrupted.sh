# shellcheck shell=bash
# A signal in the middle of a backup: a clear end, nothing left behind, and the next run carries on.
make_repository
mkdir source
for i in 1 2 3; do
    head -c 150M /dev/urandom > "source/$i"
done

# signal_backup SIGNAL...: sends the signals to a running backup, once it has begun to write. Sets $code.
signal_backup() {
    # bash lets background processes ignore SIGINT. It is held back, or it might be through before that is seen.
    env --default-signal=INT "$ROOT/ebla" backup source --limit-upload 100M > stdout 2> stderr &
    local process=$! waited=0
    while [[ -z $(find repo -type f -size +1M -print -quit) ]] && kill -0 "$process" 2> /dev/null && (( waited++ < 1500 )); do
        read -r -t 0.02 < <(sleep 1) || true
    done
    for signal in "$@"; do
        kill -s "$signal" "$process" || true
    done
    code=0
    wait "$process" || code=$?
}

for signal in INT TERM; do
    rm -rf repo key
    make_repository
    signal_backup "$signal"
    [[ $code == 130 ]] || { cat stderr; fail "SIG$signal: exit code $code"; }
    expect_match "^ebla: interrupted: what was stored is kept; run it again and it carries on$" stderr
    [[ $(wc -l < stderr) == 1 ]] || fail "more than a line: $(cat stderr)"
    [[ ! -s stdout ]] || fail "a report of an interrupted backup"
    [[ -z $(find repo -path '*tmp*' -type f) ]] || fail "temporary files are left: $(find repo -path '*tmp*')"
    expect_exit 0 ebla snapshots --json
    # No whole one; a partial one if a file was through by then.
    expect_json 'all(s["partial"] for s in d)' stdout
done
expect_exit 0 ebla backup source --json
expect_json 'd["errors"] == 0 and d["bytes_processed"] == 3 * 150 * 2 ** 20' stdout

rm -rf repo key
make_repository
signal_backup INT INT
[[ $code == 130 ]] || { cat stderr; fail "two signals: exit code $code"; }
expect_exit 0 ebla backup source
