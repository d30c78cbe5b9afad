# shellcheck shell=bash
# Snapshots are forgotten by rules and by name, each with its reason; pinned, brought back; and every command sees only those that count.
make_repository
export TZ=UTC
mkdir source
# backup TIME [ARGUMENT...]: a snapshot of that time; its id in $id.
backup() {
    local time=$1
    shift
    echo "$time" > source/file
    expect_exit 0 ebla backup source --json --host h --time "$time" "$@"
    id=$(json 'd["snapshot_id"]' stdout)
}
# listed EXPRESSION: of the snapshots that count.
listed() {
    ebla snapshots --json > listed
    expect_json "$1" listed
}
backup 2025-10-25T21:00:00Z; first=$id
backup 2025-10-25T23:30:00Z --tag keep; second=$id
backup 2025-10-26T00:30:00Z; third=$id
backup 2025-10-26T01:30:00Z; fourth=$id
backup 2025-10-26T22:30:00Z; fifth=$id
listed 'len(d) == 5'

# Wrong usage.
expect_exit 2 ebla forget
expect_match "Say what to keep" stderr
expect_exit 2 ebla forget --group-by host
expect_exit 2 ebla forget --host h
expect_exit 2 ebla forget --keep-last 0
expect_exit 2 ebla forget --keep-last some
expect_exit 2 ebla forget --keep-within 5s
expect_exit 2 ebla forget --keep-last 1 --group-by color
expect_exit 2 ebla forget --keep-last 1 --policy
expect_exit 2 ebla forget "$first" --keep-last 1
expect_exit 2 ebla forget --keep-daily 1 --time-zone Atlantis/Poseidonis
TZ=Atlantis/Poseidonis expect_exit 2 ebla forget --keep-daily 1
expect_match "no time zone known here" stderr
expect_exit 1 ebla forget --policy
expect_match "keeps no policy" stderr
expect_exit 1 ebla forget --keep-last 1 --keep-id 0123456789
expect_exit 2 ebla policy set --time-zone UTC
listed 'len(d) == 5'

# Days and hours are those of the time zone: in Berlin these are one day of 25 hours, and the third and fourth are half past two both.
expect_exit 0 ebla forget --keep-daily 9 --dry-run --json --time-zone Europe/Berlin
expect_json "sorted(d['forgotten']) == sorted(['$second', '$third', '$fourth'])" stdout
expect_exit 0 ebla forget --keep-hourly 9 --dry-run --json --time-zone Europe/Berlin
expect_json 'd["forgotten"] == []' stdout
TZ=Europe/Berlin expect_exit 0 ebla forget --keep-daily 9 --dry-run
expect_match "^keep +${fifth:0:8} .* daily 2025-10-26" stdout
expect_match "^forget +${second:0:8} .* no rule keeps it" stdout
expect_match "^dry run: 3 snapshots would be forgotten; days are those of Europe/Berlin" stdout
listed 'len(d) == 5'

# What would be freed is what stats says of the same snapshots.
expect_exit 0 ebla stats "$second" "$third" "$fourth" --json
cp stdout counted
expect_json 'len(d["selection"]["snapshots"]) == 3 and d["selection"]["unique"]["bytes_stored"] > 0' counted
expect_exit 0 ebla forget "$fourth" "$third" "$second" --dry-run --json
expect_json 'd["account"] == __import__("json").load(open("counted"))["selection"]' stdout
expect_exit 0 ebla forget "$third" --dry-run
expect_match "^without it a prune can free at most [0-9.]+ ([KM]i)?B \\(" stdout
expect_exit 0 ebla stats "$third"
expect_match "^without it a prune can free at most [0-9.]+ ([KM]i)?B \\(" stdout
expect_exit 0 ebla stats --host nobody
expect_match "no such snapshot" stdout
expect_exit 2 ebla stats "$third" --host nobody
expect_exit 2 ebla stats --group-by color

# By rules; nothing goes that a tag, an id or a pin keeps.
expect_exit 0 ebla pin "${third:0:8}"
expect_match "^1 snapshot pinned" stdout
listed "[s['id'] for s in d if s['pinned']] == ['$third']"
expect_exit 0 ebla forget --keep-last 1 --keep-tag keep --keep-id "$first" --json
expect_json "d['forgotten'] == ['$fourth'] and not d['dry_run'] and d['time_zone'] == 'UTC'" stdout
expect_json "{s['id']: s['reasons'] for s in d['groups'][0]['snapshots']}['$third'] == ['pinned']" stdout
listed "[s['id'] for s in d] == ['$first', '$second', '$third', '$fifth']"
expect_exit 0 ebla forget --keep-last 1 --keep-tag keep --keep-id "$first"
expect_match "^nothing to forget" stdout

# What is forgotten is not seen by any command, and not by another program that keeps to the format.
expect_exit 1 ebla ls "$fourth"
expect_match "ebla undelete" stderr
expect_exit 1 ebla restore "$fourth" out
expect_exit 1 ebla cat snapshot "$fourth"
expect_exit 0 ebla stats --json
expect_json 'len(d["snapshots"]) == 4 and [one["id"] for one in d["forgotten"]] == ["'"$fourth"'"]' stdout
expect_exit 0 ebla stats
expect_match "^FORGOTTEN " stdout
expect_exit 0 ebla check --json
expect_json 'd["snapshots"] == 4 and d["findings"] == []' stdout
expect_exit 0 env PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$ROOT/tests/reader/ebla_reader.py" repo --key-file="$EBLA_KEY_FILE" snapshots
[[ $(wc -l < stdout) == 4 ]] || fail "the independent reader shows what is forgotten"
expect_exit 0 ebla init -r copy --key-file "$PWD/other"
expect_exit 0 ebla copy -r copy --key-file "$PWD/other" --from repo --from-key-file "$EBLA_KEY_FILE" --json
expect_json 'd["snapshots_copied"] == 4' stdout

# It comes back.
expect_exit 0 ebla snapshots --forgotten --json
expect_json "[s['id'] for s in d] == ['$fourth']" stdout
expect_exit 1 ebla undelete 0123456789
expect_exit 0 ebla undelete "$fourth"
expect_match "^1 snapshot brought back" stdout
expect_exit 0 ebla undelete "$fourth"
expect_match "^nothing to do" stdout
listed 'len(d) == 5'
expect_exit 0 ebla restore "$fourth" back
[[ $(cat "back$PWD/source/file") == 2025-10-26T01:30:00Z ]] || fail "another content came back"

# By name: not a pinned one, and not the last of its host and paths.
expect_exit 1 ebla forget "$third"
expect_match "ebla unpin" stderr
expect_exit 0 ebla unpin "$third"
expect_exit 0 ebla forget "$third" "${fourth:0:8}" latest:h
expect_match "^3 snapshots forgotten" stdout
expect_exit 1 ebla forget "$first" "$second"
expect_match "add --allow-empty-group" stderr
expect_exit 0 ebla forget "$first" "$second" --allow-empty-group
listed 'd == []'
expect_exit 0 ebla undelete "$first" "$second" "$third" "$fourth" "$fifth"
expect_exit 0 ebla check --read-data
listed 'len(d) == 5'

# A policy in the repository.
expect_exit 0 ebla policy show
expect_match "There is no policy" stdout
expect_exit 0 ebla policy set --keep-last 2 --keep-yearly unlimited --keep-within 1y6m --time-zone Europe/Berlin
expect_exit 0 ebla policy set --keep-last 2 --keep-monthly unlimited --keep-within-daily 2d --keep-tag keep --time-zone Europe/Berlin
expect_exit 0 ebla policy show
expect_match "^--keep-monthly unlimited$" stdout
expect_match "^--keep-within-daily 2d$" stdout
expect_match "^--time-zone Europe/Berlin$" stdout
! grep -q yearly stdout || fail "the old policy is not gone"
expect_exit 0 ebla policy show --json
expect_json "d['keep_last'] == 2 and d['keep_monthly'] == -1 and d['group_by'] == 'host,paths' and d['keep_yearly'] is None" stdout
expect_exit 0 ebla forget --policy --json
expect_json "d['time_zone'] == 'Europe/Berlin' and d['forgotten'] == ['$third']" stdout
expect_exit 0 ebla policy remove
expect_exit 1 ebla forget --policy

# A snapshot of the future stays, takes no place, and is warned of.
backup 2099-01-01T00:00:00Z; future=$id
expect_exit 0 ebla forget --keep-last 1 --json
expect_match "^warning: .*1 of 5 are dated more than a day after" stderr
expect_json "d['forgotten'] == ['$first', '$second', '$fourth']" stdout
expect_exit 0 ebla forget "$future"
listed "[s['id'] for s in d] == ['$fifth']"

# Nearly all of a group goes only when that is confirmed. One machine's snapshots, as if a day apart.
for day in {01..24}; do
    backup "2026-01-${day}T00:00:00Z"
done
expect_exit 3 ebla forget --keep-last 1 --json
expect_match "24 snapshots came since the last forget|24 of 25 would go" stderr
expect_json 'd["forgotten"] == [] and d["groups"][0]["objection"] is not None' stdout
listed 'len(d) == 25'
expect_exit 0 ebla forget --keep-last 1 --force
expect_match "^24 snapshots forgotten" stdout
listed 'len(d) == 1'
note=$(basename "$(find repo/notes -type f | head -1)")
expect_exit 0 ebla cat note "$note"
expect_json 'd["type"] in ("forgotten", "pinned", "withdrawn", "policy")' stdout

# Who forgets by 'latest' is told what that was: undelete wants its id.
backup 2026-02-01T00:00:00Z
expect_exit 0 ebla snapshots --json
last=$(json 'd[-1]["id"]' stdout)
expect_exit 0 ebla forget latest
expect_match "^1 snapshot forgotten: ${last:0:8}; " stdout
