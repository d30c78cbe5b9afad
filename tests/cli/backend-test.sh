# shellcheck shell=bash
# `backend test` tries a store without touching what is there, finds what is wrong with it, and leaves nothing, also after ^C.
mkdir store
echo precious > store/file
expect_exit 0 ebla backend test store --quick
expect_match '^put and get +holds ' stdout
expect_match '^durability +cannot be seen ' stdout
expect_match 'store is fit for a repository' stdout
[[ $(find store | sort | tr '\n' ' ') == "store store/file " ]] || { find store; fail "the store is not as it was"; }

# The location of --repo, beside the repository that is there.
make_repository
find repo | sort > before
expect_exit 0 ebla backend test --quick --json
expect_json "d['fit'] and not d['left'] and d['location'].endswith('/repo') and d['measures']['upload_one_bytes_per_second'] > 0" stdout
expect_json "{t['name']: t['verdict'] for t in d['trials']}['list after put'] == 'holds'" stdout
find repo | sort | diff before - || fail "the repository is not as it was"

# Interrupted at any moment. bash lets background processes ignore SIGINT.
interrupted=0
for delay in 0 0.3 0.7; do
    env --default-signal=INT "$ROOT/ebla" backend test store > stdout 2> stderr &
    trying=$!
    while kill -0 "$trying" 2> /dev/null && [[ $(find store | wc -l) == 2 ]]; do sleep 0.01; done
    sleep "$delay"
    kill -INT "$trying" 2> /dev/null || true
    code=0
    wait "$trying" || code=$?
    # It may have been done already.
    if [[ $code != 0 ]]; then
        [[ $code == 130 ]] || { cat stdout stderr; fail "interrupted $delay s after it began: exit code $code"; }
        expect_match 'interrupted: nothing is left behind' stderr
        interrupted=$(( interrupted + 1 ))
    fi
    [[ $(find store | wc -l) == 2 ]] || { find store; fail "something is left after an interruption"; }
done
(( interrupted > 0 )) || fail "nothing was interrupted"

# A store where nothing can be written is not fit, and one that cannot be reached is an error.
if (( EUID == 0 )); then
    # The working folder is for its owner alone.
    closed=$(mktemp -d /tmp/ebla-closed.XXXXXXXX)
    chmod 755 "$closed"
    expect_exit 1 as_nobody env HOME=/nonexistent "$ROOT/ebla" backend test "$closed" --quick
    rmdir "$closed"
    expect_match '(denied|permission|Permission)' stderr
    expect_match 'NOT fit for a repository: header$' stdout
fi
expect_exit 2 ebla backend test nonsense://host/path
expect_exit 2 ebla backend test ''
