# A failing fsync fails the backup, whichever it is; what was committed before stays whole.
export EBLA_REPOSITORY=$PWD/repo EBLA_KEY_FILE=$PWD/key
mkdir source
seq 1 200000 > source/first
expect_exit 0 ebla init
expect_exit 0 ebla backup source
cp -a source before
failures=0
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
    seq "$n" 100000 > "source/new$n"
    # strace counts per thread: each of them has its own n-th call.
    code=0
    strace -f -qq -o trace -e trace=fsync -e "inject=fsync:error=EIO:when=$n" ebla backup source > stdout 2> stderr || code=$?
    if grep -q INJECTED trace; then
        failures=$(( failures + 1 ))
        (( code == 1 )) || { cat stderr; fail "fsync $n failed and the exit code was $code"; }
        expect_match 'cannot make it durable|Input/output error' stderr
        (( $(wc -l < stderr) <= 3 )) || { cat stderr; fail "more than a line or two for one failure"; }
    else
        (( code == 0 )) || { cat stderr; fail "no fault injected and the exit code was $code"; }
    fi
    expect_exit 0 ebla check --read-data
done
(( failures >= 3 )) || fail "only $failures runs met a failing fsync"
expect_exit 0 ebla backup source
first=$(ebla snapshots --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')
expect_exit 0 ebla restore "$first" restored
expect_same before "restored$PWD/source"
