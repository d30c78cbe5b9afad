# shellcheck shell=bash
# The independent reader, written from docs/format.md alone, restores every golden repository, and refuses damaged ones.
export PYTHONDONTWRITEBYTECODE=1 LC_ALL=C
golden=$ROOT/tests/golden

# read_golden NAME CREDENTIAL ARGS...
read_golden() {
    /usr/bin/python3 "$ROOT/tests/reader/ebla_reader.py" "$@"
}

# Only root can give files away.
normalise() {
    if (( EUID == 0 )); then cat; else sed -E '/ security[.]capability=/d; s/ ([dflps]) ([0-7]+) [0-9]+ [0-9]+ / \1 \2 /'; fi
}

count=0
for repository in "$golden"/v*/repository; do
    name=$(basename -- "${repository%/repository}")
    read_golden "$repository" --key-file="$golden/key-file" snapshots > snapshots
    while read -r sequence id _ _ path; do
        read_golden "$repository" --key-file="$golden/key-file" restore "$id" "out-$name-$sequence"
        describe_tree "out-$name-$sequence$path" | normalise > restored
        normalise < "$golden/$name/expected-$sequence" > expected
        diff -a expected restored || fail "$name, snapshot $sequence, is not what it was"
        count=$(( count + 1 ))
    done < snapshots
    [[ $(wc -l < snapshots) == $(find "$golden/$name" -name 'expected-*' | wc -l) ]] || fail "$name: snapshots are missing"
done
(( count >= 5 )) || fail "only $count snapshots were restored"

# The password slot opens too; a wrong password does not.
expect_exit 0 read_golden "$golden/v1-chacha/repository" --password=golden snapshots
expect_exit 1 read_golden "$golden/v1-chacha/repository" --password=wrong snapshots
expect_match 'wrong password or key' stderr

# One flipped bit in the middle of any object, or a missing pack, is noticed.
cp -r "$golden/v1-aes/repository" damaged
while read -r file; do
    cp "$file" whole
    /usr/bin/python3 -c '
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[len(data) // 2] ^= 1
open(sys.argv[1], "wb").write(data)' "$file"
    # The owner can do without the statement on itself, but is told.
    read_golden damaged --key-file="$golden/key-file" snapshots > stdout 2> stderr && expect_match "^passed over: ${file#damaged/}" stderr
    [[ $file == */keys/* || ! -s stdout ]] || fail "a flipped bit in $file was not noticed"
    cp whole "$file"
done < <(find damaged -type f)
expect_exit 0 read_golden damaged --key-file="$golden/key-file" snapshots
find damaged/packs -type f | head -n 1 | xargs rm
expect_exit 1 read_golden damaged --key-file="$golden/key-file" snapshots
expect_match 'packs of the index are missing' stderr
