# shellcheck shell=bash
# Forgotten snapshots' space comes back: to the byte as a dry run said; a prune that is killed is gone on with; wrong use is told.
make_repository
mkdir source
seq 1 200000 > source/numbers
for number in 1 2 3 4; do
    head -c 3000000 /dev/urandom > "source/noise$number"
    rm -f "source/noise$(( number - 1 ))"
    seq "$number" 3 50000 > source/changing
    expect_exit 0 ebla backup source --json
    id[number]=$(json 'd["snapshot_id"]' stdout)
done
objects() { find repo/packs repo/index repo/snapshots repo/condemned repo/notes repo/sessions -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum + 0 }'; }

# Nothing to do.
expect_exit 0 ebla prune --json
expect_json 'd["packs_removed"] == 0 and d["snapshots_removed"] == 0 and not d["dry_run"]' stdout

# A dry run says what the prune then does, to the byte, and changes nothing.
expect_exit 0 ebla forget "${id[1]}" "${id[2]}" "${id[3]}"
before=$(objects)
expect_exit 0 ebla prune --dry-run --max-unused 0 --json
expect_json 'd["dry_run"] and d["snapshots_removed"] == 3 and d["bytes_freed"] > 9000000' stdout
planned=$(json 'd["bytes_freed"]' stdout)
[[ $(objects) == "$before" ]] || fail "a dry run changed something"
expect_exit 0 ebla prune --max-unused 0
expect_match "^3 forgotten snapshots removed" stdout
expect_match "^freed 8[.][0-9] MiB" stdout
(( before - $(objects) == planned )) || fail "said to free $planned bytes, freed $(( before - $(objects) ))"
expect_exit 0 ebla check --read-data
expect_exit 0 ebla snapshots --json
expect_json 'len(d) == 1' stdout
expect_exit 0 ebla restore latest out --quiet
expect_same "out$PWD/source" source
expect_exit 1 ebla undelete "${id[1]}"

# As small as one that was made of what is left.
expect_exit 0 ebla init -r fresh --key-file second
EBLA_KEY_FILE=second expect_exit 0 ebla backup -r fresh source
fresh=$(find fresh/packs fresh/index fresh/snapshots -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
left=$(find repo/packs repo/index repo/snapshots -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
(( left * 100 <= fresh * 102 )) || fail "$left bytes are left where a fresh repository has $fresh"

# The grace: what is forgotten stays for a while, and can be brought back.
head -c 1000000 /dev/urandom > source/more
expect_exit 0 ebla backup source
expect_exit 0 ebla forget "${id[4]}"
expect_exit 0 ebla prune --grace 1h --json
expect_json 'd["snapshots_in_grace"] == 1 and d["snapshots_removed"] == 0' stdout
expect_exit 0 ebla undelete "${id[4]}"

# Killed at any moment: nothing is lost, and the next one ends it.
for number in 5 6 7; do
    head -c 8000000 /dev/urandom > source/large
    expect_exit 0 ebla backup source --quiet
done
expect_exit 0 ebla forget --keep-last 1 --force
for pause in 0.02 0.05 0.1 0.15 0.2 0.3; do
    ebla prune --max-unused 0 --quiet > killed 2>&1 & pruning=$!
    sleep "$pause"
    kill -KILL "$pruning" 2> /dev/null || true
    wait "$pruning" || true
    expect_exit 0 ebla check --read-data
done
expect_exit 0 ebla prune --max-unused 0 --fence-after 1s --wait 1m --json
expect_json 'd["packs_left"] == 0' stdout
expect_exit 0 ebla check --read-data
(( $(objects) < 13000000 )) || fail "$(objects) bytes are left"

# A backup that is at work holds nothing up but the removal.
sessions() { find repo/sessions -type f | wc -l; }
before=$(sessions)
mkfifo pipe
ebla backup --stdin --stdin-name held < pipe > held 2>&1 & holding=$!
exec 9> pipe
for (( turn = 0; turn < 600 && $(sessions) == before; turn++ )); do sleep 0.05; done
head -c 100000 /dev/urandom >&9
expect_exit 0 ebla forget latest --allow-empty-group --force
expect_exit 11 ebla prune --wait 0
expect_match "still at work" stdout
exec 9>&-
wait "$holding" || fail "the backup beside a prune failed: $(cat held)"
expect_exit 0 ebla prune
expect_exit 0 ebla check --read-data

# Wrong use.
expect_exit 2 ebla prune --max-unused much
expect_exit 2 ebla prune --max-repack-size some
expect_exit 2 ebla prune --wait soon
expect_exit 10 ebla prune -r nowhere
