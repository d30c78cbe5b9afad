# shellcheck shell=bash
# A disk that fails in the middle of a file: the file is named and left out, all others are whole.
make_repository
mkdir source
head -c 4000000 /dev/urandom > source/bad
head -c 3000000 /dev/urandom > source/good
echo small > source/small
cp -a source before

# with_fault CALLS NTH COMMAND...: that call on source/bad fails with an input/output error, from the n-th on.
with_fault() {
    strace -f -qq -o trace -P "$PWD/source/bad" -e "trace=$1" -e "inject=$1:error=EIO:when=$2+" "${@:3}"
}

expect_exit 3 with_fault read,pread64 3 ebla backup source --json
grep -q INJECTED trace || fail "no fault was injected"
expect_json 'd["errors"] == 1 and d["files_new"] == 2 and d["bytes_processed"] == 3000006' stdout
expect_match "^cannot read $PWD/source/bad: Input/output error$" stderr
(( $(wc -l < stderr) == 1 )) || fail "more than one line for one failure: $(cat stderr)"
expect_exit 0 ebla restore latest first
[[ ! -e first$PWD/source/bad ]] || fail "a part of the file is in the snapshot"
cmp source/good "first$PWD/source/good"
expect_exit 0 ebla snapshots --json
expect_json 'd[0]["errors"] == 1 and d[0]["bytes"] == 3000006' stdout

# The same for a file that is backed up already: the snapshot keeps what it was.
expect_exit 0 ebla backup source --json
expect_json 'd["files_new"] == 1 and d["files_unmodified"] == 2' stdout
expect_exit 3 with_fault pread64 2 ebla backup source --json --sentinel 1/1
grep -q INJECTED trace || fail "no fault was injected"
expect_json 'd["rot_alarms"] == 1 and d["files_unmodified"] == 3 and d["errors"] == 0' stdout
expect_match "ROT ALARM: $PWD/source/bad: .*Input/output error. This snapshot keeps the content of snapshot" stderr
expect_exit 0 ebla restore latest second
expect_same before "second$PWD/source"
expect_exit 0 ebla check --read-data
