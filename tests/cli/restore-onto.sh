# shellcheck shell=bash
# Restoring onto what is there: what is overwritten, what is left, what is deleted, and that a dry run says all of it and changes nothing.
make_repository
mkdir -p source/sub/deep source/other
openssl enc -aes-128-ctr -nosalt -pass pass:onto -pbkdf2 -iter 1 < /dev/zero 2> /dev/null | head -c 100000000 > source/image || true
for i in 1 2 3; do printf 'content %s\n' "$i" > "source/file$i"; done
printf 'a text\n' > source/sub/text.txt
printf 'an object\n' > source/sub/object.o
printf 'below\n' > source/sub/deep/below
printf 'else\n' > source/other/else
ln -s sub/text.txt source/link
ln source/file3 source/sub/second-name
expect_exit 0 ebla backup source
from=latest:$PWD/source

# expect_equal A B [OPTION...]: the comparer, which knows nothing of Ebla, finds no difference, but for the metadata of B itself: what the user
# had made before is his.
expect_equal() {
    "$ROOT/tests/torture/compare" "$@" --allow 'mtime:[.]' --allow 'mode:[.]' > compared || { cat compared; fail "not equal: $*"; }
}

# expect_unchanged A COMMAND...: it exits with 0 and changes nothing below A, not even a time.
expect_unchanged() {
    local folder=$1
    shift
    find "$folder" -printf '%P %y %i %m %U %G %s %n %T@ %C@ %l\n' | sort > before
    expect_exit 0 "$@"
    find "$folder" -printf '%P %y %i %m %U %G %s %n %T@ %C@ %l\n' | sort | diff before - || fail "'$*' changed something in $folder"
}

# spoil: makes ./out a tree that was restored and changed since in several ways.
spoil() {
    rm -rf out
    cp -a source out
    printf 'CONTENT 1\n' > out/file1                        # Other content and time, equal size.
    touch -r source/file1 out/file1.time
    printf 'CONTENT 2\n' > out/file2                        # Other content, equal size and time: only reading finds it.
    touch -r source/file2 out/file2
    rm -r out/sub/deep out/file1.time                       # Not there any more.
    rm out/link && ln -s elsewhere out/link                 # Another link.
    chmod 600 out/sub/object.o                              # Other metadata.
    touch -r source/sub out/sub
    chmod 711 out                                           # The target itself.
}

# always: all is as it was. What was right is not fetched.
spoil
expect_unchanged out ebla restore "$from" out --dry-run --json
cp stdout planned
expect_exit 0 ebla restore "$from" out --json
expect_equal source out
[[ $(stat -c %a out) == 711 ]] || fail "the folder that was there already got another mode"
expect_json 'd["bytes_fetched"] < 3000000 and d["bytes_kept"] >= 100000000 and d["errors"] == 0' stdout
for key in bytes_fetched bytes_kept files dirs left deleted; do
    [[ $(json "d['$key']" planned) == $(json "d['$key']" stdout) ]] || { cat planned stdout; fail "$key of the dry run is not that of the restore"; }
done
steps() { json '" ".join(sorted(s["path"][len("'"$PWD"'/source/"):] for s in d["steps"] if s["action"] == "'"$1"'"))' planned; }
[[ $(steps make) == 'sub/deep sub/deep/below' ]] || fail "would be made: $(steps make)"
[[ $(steps replace) == 'file1 file2 link sub/second-name' ]] || fail "would be replaced: $(steps replace)"
[[ $(steps delete) == '' && $(steps leave) == '' ]] || fail "would be deleted or left: $(steps delete) $(steps leave)"

# changed: equal size and time are taken for right.
spoil
expect_exit 0 ebla restore "$from" out --overwrite changed
[[ $(cat out/file2) == 'CONTENT 2' ]] || fail "a file with equal size and time was read"
expect_equal source out --allow 'content:file2'
touch -d '2001-01-01' out/file2
expect_exit 0 ebla restore "$from" out --overwrite changed
expect_equal source out

# never: what is there is left, with its metadata; what is missing comes.
spoil
expect_exit 0 ebla restore "$from" out --overwrite never --json
expect_json 'd["left"] == 9 and d["errors"] == 0' stdout
[[ $(cat out/file1 out/file2) == $'CONTENT 1\nCONTENT 2' && $(readlink out/link) == elsewhere ]] || fail "never overwrote something"
[[ $(stat -c %a out/sub/object.o) == 600 ]] || fail "never changed the mode of a file"
expect_equal source out --allow 'content:file[12]' --allow 'mtime:file1' --allow 'target:link' --allow 'mtime:link' --allow 'mode:sub/object.o' \
    --allow 'hard-link:.*'

# --delete: only inside what is restored; links are not followed; not what is mounted there; first told by a dry run.
spoil
mkdir -p out/extra/full beside outside
: > out/extra/full/file; : > out/sub/extra; : > beside/stays; : > outside/stays
ln -s "$PWD/outside" out/extra/to-outside
ln -s "$PWD/outside" out/way-out
mkdir out/mounted
mounted=
if (( EUID == 0 )) && mount -t tmpfs none out/mounted 2> mount.err; then
    trap 'umount out/mounted' EXIT
    mounted=yes
    : > out/mounted/stays
fi
expect_unchanged out ebla restore "$from" out --delete --dry-run --json
cp stdout planned
if [[ -n $mounted ]]; then
    [[ $(steps delete) == 'extra extra/full extra/full/file extra/to-outside sub/extra way-out' ]] || fail "would be deleted: $(steps delete)"
    expect_exit 0 ebla restore "$from" out --delete --json
    expect_json 'd["deleted"] == '"$(json 'd["deleted"]' planned)" stdout
    [[ -e out/mounted/stays ]] || fail "what is mounted was deleted"
    umount out/mounted
    trap - EXIT
    expect_equal source out --allow 'extra:mounted'
fi
expect_exit 0 ebla restore "$from" out --delete
expect_equal source out
[[ -e beside/stays && -e outside/stays ]] || fail "something outside was deleted"

# A part with --delete deletes nothing outside of that part.
: > out/extra; : > out/sub/extra
expect_exit 0 ebla restore "$from/sub" out/sub --delete
[[ -e out/extra && ! -e out/sub/extra ]] || fail "not just inside: $(ls out out/sub)"

# A folder in the place of a file: an error, but with --delete.
spoil
rm out/file1
mkdir out/file1
: > out/file1/inside
expect_exit 3 ebla restore "$from" out
expect_match 'source/file1: not restored: a directory has its name' stderr
[[ -e out/file1/inside ]] || fail "a folder was replaced without --delete"
expect_exit 0 ebla restore "$from" out --delete
expect_equal source out

# A link in the place of a folder is not a way out of the target.
spoil
rm -r out/sub outside
mkdir outside
ln -s "$PWD/outside" out/sub
code=0
ebla restore "$from" out > stdout 2> stderr || code=$?
[[ $code == 0 || $code == 3 ]] || fail "exit code $code: $(cat stderr)"
[[ -z $(ls -A outside) ]] || fail "restored through a link to outside"
expect_exit 0 ebla restore "$from" out --delete
expect_equal source out

# --in-place: one wrong block of a large file, of which only that is fetched and written into the same file.
spoil
inode=$(stat -c %i out/image)
printf 'WRONG' | dd of=out/image bs=1 seek=54321000 conv=notrunc status=none
expect_exit 0 ebla restore "$from" out --in-place --json
expect_json '0 < d["bytes_fetched"] < 3000000 and d["bytes_kept"] > 95000000' stdout
[[ $(stat -c %i out/image) == "$inode" ]] || fail "the file was replaced"
expect_equal source out
# Without it, as little is fetched, and the file is another one.
printf 'WRONG' | dd of=out/image bs=1 seek=54321000 conv=notrunc status=none
expect_exit 0 ebla restore "$from" out --json
expect_json '0 < d["bytes_fetched"] < 3000000 and d["bytes_kept"] > 95000000' stdout
[[ $(stat -c %i out/image) != "$inode" ]] || fail "the file was not replaced"
expect_equal source out
# Too long, too short.
truncate -s 120000000 out/image
expect_exit 0 ebla restore "$from" out --in-place --json
expect_json 'd["bytes_fetched"] < 3000000' stdout
expect_equal source out
truncate -s 70000000 out/image
expect_exit 0 ebla restore "$from" out --in-place --json
expect_json '29000000 < d["bytes_fetched"] < 33000000' stdout
expect_equal source out

# --include, --exclude, --path.
listed() { (cd "$1"; find . -mindepth 1 -printf '%P\n' | LC_ALL=C sort | tr '\n' ' '); }
# expect_chosen NAMES OPTION...: a restore with these options makes just these, which are right.
expect_chosen() {
    local names=$1
    shift
    rm -rf chosen
    expect_exit 0 ebla restore "$from" chosen "$@"
    [[ $(listed chosen) == "$names " ]] || fail "restored with $*: $(listed chosen)"
    expect_equal source chosen --allow 'missing:.*' --allow 'hard-link:.*'
}
expect_chosen 'sub sub/text.txt' --include '*.txt'
expect_chosen 'sub sub/deep sub/deep/below' --include deep
expect_chosen 'file1 file2 file3 link other other/else sub sub/deep sub/deep/below sub/object.o sub/second-name' --exclude '*.txt' --exclude image
expect_chosen 'sub sub/deep sub/deep/below sub/second-name sub/text.txt' --include 'sub/' --exclude '*.o'
expect_chosen 'other other/else' --include "$PWD/source/other"
expect_exit 0 ebla restore latest paths --path "$PWD/source/sub/deep" --path "$PWD/source/file1"
[[ $(listed "paths$PWD/source") == 'file1 sub sub/deep sub/deep/below ' ]] || fail "restored by --path: $(listed paths)"
expect_equal source/sub/deep "paths$PWD/source/sub/deep"
cmp source/file1 "paths$PWD/source/file1"
# With patterns, only what they select is deleted.
: > out/extra.txt; : > out/extra.c
expect_exit 0 ebla restore "$from" out --delete --include '*.txt'
[[ -e out/extra.c && ! -e out/extra.txt ]] || fail "with a pattern: $(listed out)"
expect_exit 1 ebla restore latest out --path "$PWD/source/missing"
expect_exit 2 ebla restore "$from" out --path /x
