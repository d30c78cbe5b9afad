# shellcheck shell=bash
# Backups: reports, what cannot be read, odd sources.
make_repository
mkdir -p source/sub empty
echo one > source/one
echo two > source/sub/two
ln -s one source/link

expect_exit 0 ebla backup source
expect_match "^snapshot [0-9a-f]{8} saved: 2 files, 8 B in [0-9.]+ s \(.*/s\); new .*, stored " stdout
expect_exit 0 ebla backup source --json --tag a --tag b --host web1 --description 'two words'
expect_json 'sorted(d) == ["bytes_added", "bytes_processed", "bytes_stored", "dirs_total", "duration_seconds", "errors", "excluded", "files_changed",
    "files_new", "files_unmodified", "partial_snapshots", "rot_alarms", "sentinel_bytes", "sentinel_files", "snapshot_id", "store"]' stdout
expect_json 'd["files_new"] == 2 and d["bytes_processed"] == 8 and d["bytes_added"] < 4096 and d["errors"] == 0' stdout
id=$(json 'd["snapshot_id"]' stdout)
[[ ! -s stderr ]] || fail "messages on standard error although nothing is wrong: $(cat stderr)"

expect_exit 0 ebla snapshots --json
expect_json 'len(d) == 2 and d[1]["id"] == "'"$id"'" and d[1]["tags"] == ["a", "b"] and d[1]["host"] == "web1"' stdout
expect_json 'd[0]["user"] and d[0]["paths"] == ["'"$PWD"'/source"] and d[0]["bytes"] == 8 and d[0]["time"].endswith("+00:00")' stdout
expect_json 'd[1]["description"] == "two words" and d[1]["program"].startswith("ebla 0.")' stdout
expect_exit 0 ebla snapshots
expect_match "^${id:0:8}  .* web1 .* a,b  +$PWD/source$" stdout

# An empty folder; a file; nothing to say when quiet.
expect_exit 0 ebla backup empty --json
expect_json 'd["bytes_processed"] == 0' stdout
expect_exit 0 ebla backup -q source/one
[[ ! -s stdout && ! -s stderr ]] || fail "--quiet says something"

# One path of two is missing: the rest is backed up. All are: no snapshot.
expect_exit 3 ebla backup source missing --json
expect_json 'd["errors"] == 1' stdout
expect_match "missing: No such file or directory" stderr
expect_exit 0 ebla snapshots --json
count=$(json 'len(d)' stdout)
expect_exit 1 ebla backup missing
expect_match "^ebla: None of the paths" stderr
expect_exit 0 ebla snapshots --json
expect_json "len(d) == $count" stdout

# What the user may not read is reported, and the rest is backed up.
if (( EUID == 0 )); then
    mkdir closed
    cp -r source closed/source
    chmod 700 closed/source/sub
    echo secret > closed/source/secret
    chmod 600 closed/source/secret
    chmod 755 closed
    chmod 711 "$HOME/.." "$HOME/../.."
    install -d -m 777 nobody
    export HOME=$PWD/nobody
    cp key nobody/key
    chmod 644 nobody/key
    program=$(readlink -f "$ROOT"/artifacts/ebla/linux-*/ebla | head -n 1)
    cp -r "$(dirname "$program")" nobody/program
    EBLA_REPOSITORY=$PWD/nobody/repo EBLA_KEY_FILE=$PWD/nobody/key
    expect_exit 0 as_nobody nobody/program/ebla init
    expect_exit 3 as_nobody nobody/program/ebla backup closed --json
    expect_json 'd["errors"] == 2 and d["files_new"] == 1' stdout
    expect_match "closed/source/secret.*Permission denied" stderr
    expect_match "closed/source/sub.*Permission denied" stderr

    # A repository that this user may read but not write.
    chmod 755 nobody/repo
    chown -R 0:0 nobody/repo
    find nobody/repo -type d -exec chmod 755 {} + -o -exec chmod 644 {} +
    expect_exit 13 as_nobody nobody/program/ebla backup closed
    expect_match "^ebla: .*nobody/repo/.*permission denied" stderr
    expect_exit 0 as_nobody nobody/program/ebla snapshots
fi
