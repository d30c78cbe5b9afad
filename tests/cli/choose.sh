# shellcheck shell=bash
# Choosing what is backed up: patterns, ignore files, caches, sizes, file systems, attributes; and dry runs, which tell the same.
make_repository

# listed: the paths of the latest snapshot below ./src, without the folders.
listed() {
    ebla ls latest --json | python3 -c '
import json, os, sys
for e in json.load(sys.stdin):
    if e["path"].startswith(os.getcwd() + "/src/") and e["type"] != "directory":
        print(e["path"][len(os.getcwd()) + 5:])'
}

# expect_listed NAME...: just these are in the snapshot made with the options in the array `options`; and the dry run says so.
expect_listed() {
    expect_exit 0 ebla backup src "${options[@]}" --dry-run --json
    json '"\n".join(sorted(e["path"][len("'"$PWD"'/src/"):] for e in d["entries"] if e["type"] != "directory" and e["action"] != "left_out"))' \
        stdout | LC_ALL=C sort > planned
    expect_exit 0 ebla backup src "${options[@]}"
    listed | LC_ALL=C sort > got
    printf '%s\n' "$@" | LC_ALL=C sort > wanted
    diff wanted got || fail "the backup with ${options[*]} holds something else"
    diff wanted planned || fail "the dry run with ${options[*]} says something else"
}

mkdir -p src/a/build src/b/build src/cache/deep
echo x > src/keep.c; echo x > src/a/x.o; echo x > src/a/x.c; echo x > src/a/build/out; echo x > src/b/build/out
printf 'Signature: 8a477f597d28d172789f06886806bc55\n# more' > src/cache/CACHEDIR.TAG
echo x > src/cache/deep/thing
truncate -s 100K src/large
all=(keep.c a/x.o a/x.c a/build/out b/build/out cache/CACHEDIR.TAG cache/deep/thing large)

options=(); expect_listed "${all[@]}"
options=(--exclude '*.o' -e build); expect_listed keep.c a/x.c cache/CACHEDIR.TAG cache/deep/thing large
options=(--exclude "$PWD/src/a/build" --exclude large); expect_listed keep.c a/x.o a/x.c b/build/out cache/CACHEDIR.TAG cache/deep/thing
options=(--exclude a/build --exclude cache/); expect_listed keep.c a/x.o a/x.c b/build/out large
options=(--exclude-caches); expect_listed keep.c a/x.o a/x.c a/build/out b/build/out cache/CACHEDIR.TAG large
options=(--exclude-larger-than 50K); expect_listed keep.c a/x.o a/x.c a/build/out b/build/out cache/CACHEDIR.TAG cache/deep/thing
# Their order counts, also across the options and files.
printf '# comment\n\n!x.o\n' > rules
options=(--exclude 'x.*' --include x.c); expect_listed keep.c a/x.c a/build/out b/build/out cache/CACHEDIR.TAG cache/deep/thing large
options=(--include x.c --exclude 'x.*' --exclude-file rules); expect_listed keep.c a/x.o a/build/out b/build/out cache/CACHEDIR.TAG cache/deep/thing large
options=(--exclude-file rules --exclude 'x.*'); expect_listed keep.c a/build/out b/build/out cache/CACHEDIR.TAG cache/deep/thing large
options=(--exclude '*' --include '*.c'); expect_listed keep.c

# Ignore files; the command line is stronger.
printf 'build/\n/x.?\n!x.c\n' > src/a/.eblaignore
options=(); expect_listed keep.c a/.eblaignore a/x.c b/build/out cache/CACHEDIR.TAG cache/deep/thing large
options=(--include x.o --exclude b); expect_listed keep.c a/.eblaignore a/x.c a/x.o cache/CACHEDIR.TAG cache/deep/thing large
options=(--no-ignore-files); expect_listed "${all[@]}" a/.eblaignore
expect_exit 0 ebla backup src --dry-run
expect_match "^left out    $PWD/src/a/x.o: /x.\? \($PWD/src/a/.eblaignore:2\)\$" stdout
expect_match "^left out    $PWD/src/a/build/: build/ \($PWD/src/a/.eblaignore:1\)\$" stdout
expect_match "^unmodified  $PWD/src/a/x.c\$" stdout
expect_match '^dry run: 7 files \(0 new, 0 changed, 7 unmodified\), 100 KiB, of which 0 B would be read; 2 things left out; nothing was stored$' stdout
echo more >> src/keep.c
expect_exit 0 ebla backup src --dry-run --json --exclude large --exclude-larger-than 1M
expect_json '[e["action"] for e in d["entries"] if e["path"].endswith("/keep.c")] == ["changed"]' stdout
expect_json '[(e["cause"], e["pattern"], e["pattern_origin"]) for e in d["entries"] if e["path"].endswith("/large")] == [("pattern", "large", "--exclude")]' stdout
expect_json 'd["totals"]["files_changed"] == 1 and d["totals"]["bytes_to_read"] == 7 and d["totals"]["excluded"] == 3' stdout
expect_exit 0 ebla backup src --dry-run --read-all --json
expect_json 'd["totals"]["bytes_to_read"] == d["totals"]["bytes_total"] > 100000' stdout

# A dry run stores nothing, and makes nothing.
find repo -type f | sort > before
expect_exit 0 ebla backup src --dry-run -q
[[ ! -s stdout ]] || fail "a quiet dry run says something"
find repo -type f | sort | diff before - || fail "a dry run stored something"
( unset EBLA_REPOSITORY EBLA_KEY_FILE; expect_exit 0 ebla backup src --dry-run; expect_match '^new         .*/src/keep.c$' stdout )
[[ ! -e $HOME/.local ]] || fail "a dry run made a repository"

# What is named and left out; mistakes.
expect_exit 0 ebla backup src/a src/b --exclude b --json
expect_match "/src/b: left out: b \(--exclude\)" stderr
expect_json 'd["excluded"] == 3' stdout
expect_exit 1 ebla backup src/b --exclude b
expect_match '^ebla: All of the paths to back up are left out' stderr
expect_exit 1 ebla backup src/a --exclude "$PWD/src"
expect_exit 2 ebla backup src --exclude ./a
expect_match "^ebla: --exclude: ./a: can match nothing: no file is called" stderr
expect_exit 2 ebla backup src --exclude '[a'
expect_exit 2 ebla backup src --exclude-larger-than many
expect_exit 2 ebla backup src --exclude-file missing
expect_exit 2 ebla backup
expect_match 'Say what to back up' stderr

# What has the name of an ignore file and is none: told, and no error. It is backed up as what it is.
mv src/a/.eblaignore rules2
make_folder() { mkdir src/a/.eblaignore; }
make_closed_folder() { mkdir -m 0 src/a/.eblaignore; }
make_link() { ln -s ../../rules2 src/a/.eblaignore; }
make_pipe() { mkfifo src/a/.eblaignore; }
make_socket() { python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("src/a/.eblaignore")'; }
for kind in folder closed_folder link pipe socket; do
    "make_$kind"
    # An ordinary user cannot read a closed folder, which is an error of its own.
    if [[ $kind != closed_folder ]] || (( EUID == 0 )); then
        expect_exit 0 ebla backup src --json
        expect_match '/src/a/.eblaignore: not used: it is no regular file' stderr
        expect_json 'd["errors"] == 0 and d["excluded"] == 0' stdout
        expect_exit 0 ebla backup src --dry-run
        expect_match '/src/a/.eblaignore: not used: it is no regular file' stderr
        expect_exit 0 ebla ls "latest:$PWD/src/a"
        expect_match '/src/a/.eblaignore' stdout
    fi
    rm -r src/a/.eblaignore
done
# An ignore file that cannot be used leaves nothing out, and is an error.
truncate -s 1048577 src/a/.eblaignore
expect_exit 3 ebla backup src
expect_match '/src/a/.eblaignore: not used: it is longer than 1 MiB' stderr
rm src/a/.eblaignore
if (( EUID == 0 )); then
    chmod 711 "$HOME/.." "$HOME/../.." .
    program=$(readlink -f "$ROOT"/artifacts/ebla/linux-*/ebla | head -n 1)
    cp -r "$(dirname "$program")" program
    install -d -o 65534 -g 65534 closed closed/home
    install -m 0 -o 65534 -g 65534 rules2 closed/.eblaignore
    : > closed/x.o
    expect_exit 3 as_nobody env -u EBLA_REPOSITORY -u EBLA_KEY_FILE HOME="$PWD/closed/home" program/ebla backup closed --dry-run --json
    expect_match 'not used: cannot open .*/closed/.eblaignore: [Pp]ermission denied' stderr
    expect_json '[e["action"] for e in d["entries"] if e["path"].endswith("/x.o")] == ["new"]' stdout
fi

# Names and patterns are bytes.
touch $'src/caf\xe9' $'src/caf\xc3\xa9'
options=(--exclude $'caf\xe9' --exclude 'a' --exclude b --exclude cache); expect_exit 0 ebla backup src "${options[@]}" --json
expect_json 'd["excluded"] == 4 and d["files_new"] + d["files_changed"] + d["files_unmodified"] == 3' stdout
rm src/caf*

# A path inside the repository, by whatever way; and the folder where the index is without a cache.
ln -s repo/packs packs-link
expect_exit 1 ebla backup repo/packs packs-link repo/ebla
(( $(grep -c 'left out: it belongs to the repository or its cache' stderr) == 3 )) || { cat stderr; fail "something inside the repository was taken"; }
mkdir temporary
TMPDIR=$PWD/temporary expect_exit 0 ebla backup temporary --no-cache --json
expect_json 'd["excluded"] == 1' stdout
expect_match 'temporary/ebla-.*: left out: it belongs' stderr

# The no-dump attribute, where the file system has it.
if (( EUID == 0 )) && chattr +d src/keep.c src/b 2> chattr.err; then
    options=(--skip-nodump); expect_listed a/x.o a/x.c a/build/out cache/CACHEDIR.TAG cache/deep/thing large
    chattr -d src/keep.c src/b
fi

# Other file systems: kept as empty folders, but for those that are named themselves.
if (( EUID == 0 )) && mkdir src/mnt src/named && mount -t tmpfs none src/mnt 2> mount.err && mount -t tmpfs none src/named; then
    trap 'umount src/mnt src/named' EXIT
    mkdir src/mnt/inside src/named/inside; echo x > src/mnt/file; echo x > src/named/file; chmod 751 src/mnt
    expect_exit 0 ebla backup src src/named -x --exclude '[abcl]*'
    listed | LC_ALL=C sort | tr '\n' ' ' > got
    [[ $(cat got) == 'keep.c named/file ' ]] || { cat got; fail "not what belongs to one file system"; }
    expect_exit 0 ebla ls -l "latest:$PWD/src"
    expect_match "^drwxr-x--x .*/src/mnt\$" stdout
    expect_exit 0 ebla backup src -x --dry-run
    expect_match "^emptied     $PWD/src/mnt/: another file system is mounted here" stdout
    umount src/mnt src/named
    trap - EXIT
fi
