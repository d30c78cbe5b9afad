# shellcheck shell=bash
# check finds nothing where nothing is wrong, and says what is lost where something is.
make_repository
mkdir source
head -c 3M /dev/urandom > source/noise
printf 'small\n' > source/small
expect_exit 0 ebla check
expect_exit 0 ebla backup source --json
id=$(json 'd["snapshot_id"]' stdout)
expect_exit 0 ebla check
expect_match "^no errors: 1 snapshot, " stdout
expect_exit 0 ebla check --read-data --json
expect_json 'sorted(d) == ["blobs", "blobs_lost", "bytes_packs", "bytes_read", "damaged", "duration_seconds", "findings", "index_segments",
    "more_paths_affected", "packs", "paths_affected", "snapshots", "snapshots_affected", "store"]' stdout
expect_json 'not d["damaged"] and d["bytes_read"] >= 3 * 2 ** 20 and d["snapshots_affected"] == []' stdout

pack=$(find repo -type f -size +2M)
chmod u+w "$pack"
printf 'XXXX' | dd of="$pack" bs=1 seek=1500000 conv=notrunc status=none
expect_exit 0 ebla check
expect_exit 4 ebla check --read-data
expect_match "^damage: .*${pack##*/}|^damage: .*${pack: -64:8}" stderr
expect_match "^snapshot ${id:0:8} .* cannot be restored whole$" stdout
expect_match "lost in ${id:0:8}: $PWD/source/noise$" stdout
expect_match "^DAMAGED: " stdout
expect_exit 4 ebla check --read-data --json
expect_json 'd["damaged"] and d["snapshots_affected"] == ["'"$id"'"] and d["paths_affected"][0]["path"].endswith("/source/noise")' stdout
expect_json 'd["findings"][0]["severity"] == "damage" and d["blobs_lost"] > 0' stdout
mv "$pack" saved
expect_exit 4 ebla check
