# shellcheck shell=bash
# Snapshots are copied between repositories, like and unlike, with keys of their own: again costs nothing, damage costs what it hits.
make_repository
mkdir -p source/a/b
head -c 3000000 /dev/urandom > source/noise
seq 1 50000 > source/a/numbers
ln source/a/numbers source/a/b/more
ln -s ../numbers source/a/b/link
truncate -s 5M source/hole
expect_exit 0 ebla backup source --tag monthly --host first
echo more >> source/a/new
expect_exit 0 ebla backup source --host second
from=(--from "$EBLA_REPOSITORY" --from-key-file "$EBLA_KEY_FILE")

# With a password, where the other has a key file.
export EBLA_FROM_KEY_FILE=$EBLA_KEY_FILE
EBLA_KEY_FILE='' EBLA_PASSWORD=other expect_exit 0 ebla init -r like --like repo
unset EBLA_FROM_KEY_FILE
expect_exit 0 ebla init -r unlike --key-file third --chunk-size 16KiB
expect_exit 2 ebla init -r bad --key-file third --like repo --chunk-size 16KiB
expect_exit 12 ebla init -r bad --key-file third --like repo --from-key-file third
expect_match "repo: " stderr
expect_exit 10 ebla init -r bad --key-file third --like nowhere --from-key-file third
[[ ! -e bad ]] || fail "made a repository like none"

like() { EBLA_REPOSITORY=$PWD/like EBLA_KEY_FILE='' EBLA_PASSWORD=other "$@"; }
unlike() { EBLA_REPOSITORY=$PWD/unlike EBLA_KEY_FILE=$PWD/third "$@"; }

like expect_exit 0 ebla copy "${from[@]}" --dry-run --json
expect_json 'd["snapshots_copied"] == 2 and d["dry_run"] and d["blobs"] > 10 and d["snapshots"][0]["snapshot_id"] is None' stdout
like expect_exit 0 ebla snapshots --json
expect_json 'd == []' stdout

like expect_exit 0 ebla copy "${from[@]}" --json
! grep -q "init --like" stderr || fail "copying to a like repository warns"
expect_json 'd["snapshots_copied"] == 2 and d["snapshots_skipped"] == 0 and d["shares_ids"] and d["blobs_moved"] == d["blobs"]' stdout
expect_json 'd["bytes_stored"] > 3000000 and d["bytes_read"] > 3000000 and len(d["snapshots"]) == 2' stdout
unlike expect_exit 0 ebla copy "${from[@]}" --host second
expect_match "init --like" stderr
expect_match "^1 snapshot copied" stdout
unlike expect_exit 0 ebla copy "${from[@]}" --tag monthly
expect_match "^1 snapshot copied" stdout

for which in like unlike; do
    before=$(find $which -type f | LC_ALL=C sort | b3sum)
    $which expect_exit 0 ebla copy "${from[@]}" --quiet
    [[ $(find $which -type f | LC_ALL=C sort | b3sum) == "$before" ]] || fail "a second copy wrote something"
    $which expect_exit 0 ebla check --read-data
    $which expect_exit 0 ebla restore "latest:second:$PWD/source" out-$which
    expect_same source out-$which
    $which expect_exit 0 ebla snapshots --json
    expect_json 'sorted(s["host"] for s in d) == ["first", "second"] and all(s["copied_from"]["snapshot_id"] != s["id"] for s in d)' stdout
    # The reader made from docs/format.md reads both.
    credential=(--key-file="$PWD/third")
    [[ $which == unlike ]] || credential=(--password=other)
    expect_exit 0 env PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$ROOT/tests/reader/ebla_reader.py" $which "${credential[@]}" snapshots
    [[ $(wc -l < stdout) == 2 ]] || fail "the independent reader sees no two snapshots in $which"
    id=$(awk 'NR == 2 { print $2 }' stdout)
    expect_exit 0 env PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$ROOT/tests/reader/ebla_reader.py" $which "${credential[@]}" \
        restore "$id" read-$which
done

# A like destination knows what is backed up to it next.
like expect_exit 0 ebla backup source --host second --json
expect_json 'd["bytes_added"] < 20000 and d["files_unmodified"] > 3' stdout

# Killed in the middle: the next run goes on, and nothing is stored twice.
head -c 60000000 /dev/urandom > source/large
find repo/packs -type f | LC_ALL=C sort > packs.before
expect_exit 0 ebla backup source --host third
find repo/packs -type f | LC_ALL=C sort > packs.after
(EBLA_REPOSITORY=$PWD/like EBLA_KEY_FILE='' EBLA_PASSWORD=other exec ebla copy "${from[@]}" --quiet) & copying=$!
while kill -0 $copying 2> /dev/null && (( $(find like/packs -type f -newer source/large | wc -l) < 2 )); do
    sleep 0.02
done
kill -KILL $copying 2> /dev/null || true
wait $copying || true
like expect_exit 0 ebla copy "${from[@]}" --json
like expect_exit 0 ebla check --read-data
# What a put had not finished lies in tmp; what is in packs counts, named in the index or not.
size=$(du -sb like/packs | cut -f 1)
(( size < 66000000 )) || fail "what a killed copy had stored was stored again: $size bytes"

# What is damaged is not copied, the rest is.
expect_exit 0 ebla init -r rest --key-file third
# A pack that the third backup made: only its snapshot needs it. Its middle is contents: what follows these is smaller by far.
victim=$(LC_ALL=C comm -13 packs.before packs.after | xargs ls -S | head -n 1)
(( $(stat -c %s "$victim") > 1000000 )) || fail "the third backup made no large pack"
printf XXXXXXXX | dd of="$victim" bs=1 seek=500000 conv=notrunc status=none
EBLA_REPOSITORY=$PWD/rest EBLA_KEY_FILE=$PWD/third expect_exit 4 ebla copy "${from[@]}" --json
expect_json 'd["snapshots_copied"] == 2 and d["snapshots_failed"] == 1 and d["blobs_lost"] > 0' stdout
expect_match "^damage: snapshot [0-9a-f]+ is not copied.*is damaged" stderr

# Wrong use.
expect_exit 2 ebla copy
expect_exit 12 ebla copy --from like --from-key-file third
expect_match "like: " stderr
expect_exit 10 ebla copy --from nowhere --from-key-file third
expect_exit 2 ebla copy --from sftp://nouser:secret@host/x --from-key-file third
