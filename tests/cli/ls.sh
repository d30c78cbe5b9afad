# shellcheck shell=bash
# ls, cat and stats: what they show, and that a reader who goes away is no failure.
make_repository
mkdir -p source/sub
printf 'hello\n' > source/sub/hello
head -c 2M /dev/urandom > source/big
ln -s sub/hello source/link
printf 'x' > "source/"$'caf\xe9\e'
chmod 4750 source/sub/hello
touch -d '2001-02-03 04:05:06.789012345Z' source/sub/hello
expect_exit 0 ebla backup source --json
id=$(json 'd["snapshot_id"]' stdout)

expect_exit 0 ebla ls latest
expect_match "^$PWD/source/sub/hello$" stdout
expect_match "^$PWD/source/caf\\\\xe9\\\\x1b$" stdout
expect_exit 0 ebla ls "latest:$PWD/source" --shallow
[[ $(wc -l < stdout) == 4 ]] || fail "expected 4 entries: $(cat stdout)"
expect_exit 0 ebla ls -l "${id:0:6}:$PWD/source"
expect_match "^-rwsr-x--- +[^ ]+ +[^ ]+ +6 2001-02-03 [0-9:]+ $PWD/source/sub/hello$" stdout
expect_match "^lrwxrwxrwx .* - .* $PWD/source/link -> sub/hello$" stdout
expect_exit 0 ebla ls "latest:$PWD/source" --json
expect_json 'len(d) == 5 and sorted(d[0]) == ["atime", "flags", "gid", "group", "link_target", "mode", "mtime", "path", "path_base64",
    "size", "type", "uid", "user", "xattr_bytes", "xattrs"]' stdout
expect_json '[e for e in d if e["path"].endswith("/hello")][0]["mtime"] == "2001-02-03T04:05:06.789012345Z"' stdout
expect_json '[e["mode"] for e in d if e["path"].endswith("/hello")] == ["4750"]' stdout
expect_json '[__import__("base64").b64decode(e["path_base64"])[-5:] for e in d if e["path_base64"]] == [b"caf\xe9\x1b"]' stdout
expect_json '[e["link_target"] for e in d if e["type"] == "symbolic_link"] == ["sub/hello"]' stdout
mkdir empty
expect_exit 0 ebla backup empty
expect_exit 0 ebla ls "latest:$PWD/empty" --json
expect_json 'd == []' stdout
expect_exit 1 ebla ls latest:/missing
expect_exit 1 ebla ls 0000

# More than a pipe holds.
mkdir many
(cd many && seq -f 'a-rather-long-name-so-that-the-listing-does-not-fit-into-the-buffer-of-the-pipe-%05g' 5000 | xargs touch)
expect_exit 0 ebla backup many
[[ $(ebla ls "latest:$PWD/many" | head -n 1) == */many/a-rather*00001 ]] || fail "no first line"
ebla ls "latest:$PWD/many" 2> stderr | true
[[ ! -s stderr ]] || fail "a message because the reader went away: $(cat stderr)"
expect_exit 1 bash -c 'ebla ls latest > /dev/full'
expect_match "No space left on device" stderr

expect_exit 0 ebla cat "$id:$PWD/source/big"
cmp stdout source/big
expect_exit 0 ebla cat "$id:$PWD/source/"$'caf\xe9\e'
cmp stdout "source/"$'caf\xe9\e'
ebla cat "$id:$PWD/source/big" | head -c 1 > one
[[ $(stat -c %s one) == 1 ]] || fail "cat into a reader that goes away"
expect_exit 1 ebla cat "$id:$PWD/source/sub"
expect_exit 1 ebla cat "$id:/missing"
expect_exit 2 ebla cat "$id"
expect_exit 2 ebla cat pack
expect_exit 2 ebla cat nonsense 1234
expect_exit 2 ebla cat "$id:$PWD/source/big" --json
expect_exit 0 ebla cat snapshot latest
python3 -m json.tool < stdout > /dev/null
expect_exit 0 ebla cat header --json
python3 -m json.tool < stdout > /dev/null

expect_exit 0 ebla stats
expect_match "^pack +[0-9]+ +[0-9.]+ [KM]iB$" stdout
expect_match " stored: compression " stdout
expect_exit 0 ebla stats --json
expect_json 'sorted(d) == ["blobs", "bytes_frames", "bytes_plaintext", "bytes_snapshots", "bytes_stored", "compression_ratio",
    "forgotten", "further_copies", "groups", "kinds", "only_forgotten", "referred", "selection", "snapshots", "total_ratio", "unreferred"]' stdout
expect_json 'd["bytes_frames"] == sum(d[part]["bytes_stored"] for part in ["referred", "only_forgotten", "unreferred", "further_copies"])' stdout
expect_json 'sum(group["snapshots"] for group in d["groups"]) == len(d["snapshots"]) and d["forgotten"] == []' stdout
expect_json 'd["snapshots"][0]["id"] == "'"$id"'" and d["snapshots"][0]["bytes_unique"] >= 2 * 2 ** 20 and d["bytes_stored"] > 2 ** 21' stdout
