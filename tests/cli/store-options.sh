# shellcheck shell=bash
# Options of stores: what cannot be is told and exits 2, before anything is touched; counters are shown; the pace is kept.
make_repository
mkdir source
head -c 3000000 /dev/urandom > source/noise
for arguments in "-o x" "-o =1" "-o s3.region=x" "--limit-upload fast" "--limit-download 0" "--connections 0" "--connections 1000" \
    "--stall-time 1s" "--stall-time soon" "--retry-for 15" "--repo gopher://host/x" "--repo sftp:" \
    "--store-password-file a --store-password-command b --repo sftp://nobody@127.0.0.1:1/x"; do
    # shellcheck disable=SC2086
    expect_exit 2 ebla snapshots $arguments
    [[ $(wc -l < stderr) == 1 ]] || { cat stderr; fail "'$arguments' is not told in one line"; }
done
EBLA_OPTIONS="s3.region=x" expect_exit 2 ebla snapshots
expect_match "s3[.]region" stderr
# Nobody listens there: one line, at once.
expect_exit 1 ebla snapshots --repo dav://127.0.0.1:1/x --retry-for 0
[[ $(wc -l < stderr) == 1 ]] || { cat stderr; fail "no network is not told in one line"; }

expect_exit 0 ebla backup source --json
expect_json 'set(d["store"]) == {"requests", "bytes_sent", "bytes_received", "retries"}' stdout
expect_json '3_000_000 < d["store"]["bytes_sent"] < 3_300_000 and d["store"]["retries"] == 0' stdout
expect_exit 0 ebla check --verbose
expect_match "^store: [0-9]+ requests [(]0 put, [0-9]+ get, [0-9]+ list, 0 delete, .* received, 0 tried again$" stderr
expect_exit 0 ebla check --verbose --quiet
[[ ! -s stderr ]] || fail "--quiet is not quiet"

# A folder keeps the pace too: 3 MB at 1 MiB/s, of which the first part goes at once.
started=$EPOCHREALTIME
expect_exit 0 ebla restore latest:"$PWD"/source restored --limit-download 1M
expect_same source restored
(( (${EPOCHREALTIME/./} - ${started/./}) / 1000 > 1500 )) || fail "the limit was not kept"

expect_exit 0 ebla backup --help
expect_match "^Options of all commands:" stdout
expect_match "^Options for stores on other machines:" stdout
expect_match "13 the store does not let us in" stdout
