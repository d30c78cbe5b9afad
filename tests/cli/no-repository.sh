# shellcheck shell=bash
# What is no repository, is damaged, or is from the future is told apart.
head -c 32 /dev/urandom > key
export EBLA_KEY_FILE=$PWD/key
mkdir empty other
echo text > other/file
for place in missing empty other other/file; do
    for command in "snapshots" "backup ."; do
        # shellcheck disable=SC2086
        expect_exit 10 ebla $command --repo "$place"
        expect_match "^ebla: There is no repository at $PWD/$place" stderr
    done
done
[[ ! -e missing ]] || fail "looking for a repository made something"

make_repository
header=$(find repo -maxdepth 1 -type f)
[[ $(wc -l <<< "$header") == 1 ]] || fail "more than one file at the top of a repository: $header"
chmod u+w "$header"
cp "$header" saved

# patch OFFSET BYTE: changes the header, and the hash at its end with it.
patch() {
    head -c -32 saved > body
    printf "\\x$2" | dd of=body bs=1 seek="$1" conv=notrunc status=none
    { cat body; b3sum --no-names body | xxd -r -p; } > "$header"
}
patch 8 02
expect_exit 1 ebla snapshots
expect_match "newer version of Ebla" stderr
patch 0 58
expect_exit 4 ebla snapshots
expect_match "not the header of an Ebla repository" stderr
cp saved "$header"
printf 'X' | dd of="$header" bs=1 seek=20 conv=notrunc status=none
expect_exit 4 ebla snapshots
expect_match "its hash does not match" stderr
cp saved "$header"
expect_exit 0 ebla snapshots

# A snapshot object that rots: the others are listed, and the exit code says so.
echo one > file
expect_exit 0 ebla backup file --json
expect_exit 0 ebla backup key --json
id=$(json 'd["snapshot_id"]' stdout)
object=$(find repo -type f -name "*$id*")
chmod u+w "$object"
printf 'X' | dd of="$object" bs=1 seek=50 conv=notrunc status=none
expect_exit 4 ebla snapshots --json
expect_json 'len(d) == 1' stdout
[[ -s stderr ]] || fail "no message about the damaged snapshot"
