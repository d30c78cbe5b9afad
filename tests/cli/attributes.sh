# shellcheck shell=bash
# Extended attributes, access control lists, capabilities and flags; and what an ordinary user is told who may not set all of them.
(( EUID == 0 )) || skip 'only root can set all of these'
make_repository
trap 'chattr -R -f -i source out open || true' EXIT
mkdir -p source/folder
for name in one two three; do
    printf '%s\n' "$name" > "source/$name"
    setfattr -n trusted.mark -v "$name" "source/$name"
    setfattr -n user.mark -v "$name" "source/$name"
    setfacl -m u:4321:r "source/$name"
    chown 65534:65534 "source/$name"
done
setfattr -n user.large -v "$(head -c 2000 /dev/zero | tr '\0' x)" source/folder
setcap cap_net_raw+ep source/one
chown 65534:65534 source source/folder
touch -a -d '2002-02-02 02:02:02Z' source/two
chattr +i source/two source/folder
expect_exit 0 ebla backup source --json
id=$(json 'd["snapshot_id"]' stdout)

expect_exit 0 ebla ls -l "latest:$PWD/source" --shallow
expect_match "^-rw-r--r--\\+ .*/one$" stdout
expect_match "^drwxr-xr-x@ .*/folder$" stdout
expect_exit 0 ebla ls "latest:$PWD/source" --json
expect_json '[e["flags"] for e in d if e["path"].endswith("/two")] == ["i"]' stdout
expect_json '[e["atime"] for e in d if e["path"].endswith("/two")] == ["2002-02-02T02:02:02.000000000Z"]' stdout
expect_json '[{"name": "user.mark", "bytes": 3}] == [x for e in d if e["path"].endswith("/two") for x in e["xattrs"] if "user" in x["name"]]' stdout
expect_json '[(e["xattrs"], e["xattr_bytes"] > 2000) for e in d if e["path"].endswith("/folder")] == [(None, True)]' stdout

expect_exit 0 ebla restore "latest:$PWD/source" out --atime
[[ $(stat -c %x out/two) == "2002-02-02 02:02:02"* ]] || fail "the access time is $(stat -c %x out/two)"
expect_same source out

# As a user: each kind once, with its count.
chmod 755 "$HOME" . .. ../..
install -d -m 777 open
chmod -R a+rX repo
chmod a+r key
cp -r "$(dirname "$(readlink -f "$ROOT"/artifacts/ebla/linux-*/ebla | head -n 1)")" program
expect_exit 3 as_nobody env HOME=/nonexistent XDG_CACHE_HOME="$PWD/open/cache" program/ebla restore "$id:$PWD/source" open/out
[[ $(grep -c 'trusted' stderr) == 1 ]] || fail "not told once: $(cat stderr)"
expect_match 'trusted\.\* could not be set: .*and the same for 2 more' stderr
expect_match 'the capabilities could not be set' stderr
expect_match 'the flags of chattr could not be set: .*and the same for 1 more' stderr
[[ $(wc -l < stderr) -le 5 ]] || fail "too much is told: $(cat stderr)"
for name in one two three; do
    [[ $(getfattr --only-values -n user.mark "open/out/$name") == "$name" ]] || fail "user.mark of $name"
    [[ $(getfacl -cn "open/out/$name") == "$(getfacl -cn "source/$name")" ]] || fail "the list of $name"
    cmp "source/$name" "open/out/$name"
done
[[ $(getfattr --only-values -n user.large open/out/folder | wc -c) == 2000 ]] || fail "user.large"
