# shellcheck shell=bash
# What can be backed up: several paths, links, lists of paths, standard input, what a command prints; and what is said of the snapshot.
make_repository
mkdir -p src/one/sub src/two
echo 1 > src/one/file; echo 2 > src/one/sub/file; echo 3 > src/two/file; echo 4 > $'src/odd\nname'; echo 5 > $'src/\xff'

# paths: the files of the latest snapshot below the working directory.
paths() {
    ebla ls latest --json | python3 -c '
import base64, json, os, sys
for e in json.load(sys.stdin):
    p = base64.b64decode(e["path_base64"]) if e["path_base64"] else e["path"].encode()
    if e["type"] != "directory" and p.startswith(os.getcwdb()):
        print(ascii(p[len(os.getcwd()) + 1:])[2:-1])' | LC_ALL=C sort | tr '\n' ' '
}

# Lists: lines, or any name with a zero byte behind it; folders count with what is in them; no link is followed.
ln -s one src/link
printf '%s\n' src/one/sub "$PWD/src/two/file" '' src/link > list
expect_exit 0 ebla backup --files-from list
[[ $(paths) == 'src/link src/one/sub/file src/two/file ' ]] || fail "not what is listed: $(paths)"
(cd src && find . -type f -print0) > list0
( cd src; expect_exit 0 ebla backup --files-from0 ../list0; rm stdout stderr )
[[ $(paths) == 'src/\xff src/odd\nname src/one/file src/one/sub/file src/two/file ' ]] || fail "not what is listed: $(paths)"
echo src/two | expect_exit 0 ebla backup src/one --files-from -
[[ $(paths) == 'src/one/file src/one/sub/file src/two/file ' ]] || fail "not what is listed: $(paths)"
printf 'src/two\0' | expect_exit 0 ebla backup --files-from-raw - --exclude file
expect_exit 2 ebla backup --files-from list0
expect_match 'use --files-from0' stderr
expect_exit 2 ebla backup --files-from missing
: > empty
expect_exit 1 ebla backup --files-from empty
expect_match '^ebla: The list names no path' stderr
printf '%s\n' src/two/file src/gone > list
expect_exit 3 ebla backup --files-from list
expect_match 'src/gone: No such file' stderr
# A list longer than a snapshot can name paths.
mkdir src/many; (cd src/many && seq 5000 | xargs touch); find src/many -type f > list
expect_exit 0 ebla backup src/one --files-from list --json
expect_json 'd["files_new"] + d["files_unmodified"] == 5002' stdout
expect_exit 0 ebla snapshots --json
expect_json 'd[-1]["paths"] == ["'"$PWD"'/src/many", "'"$PWD"'/src/one"]' stdout

# A named link to a folder is followed: the data is what is wanted. A link to a file stays a link.
ln -s src/one named; ln -s file src/one/to-file
expect_exit 0 ebla backup named src/one/to-file
expect_match '/named: a link to a folder: what is in that is backed up under this name' stderr
expect_match '/to-file: a link: backed up as a link' stderr
expect_exit 0 ebla cat "latest:$PWD/named/sub/file"
[[ $(cat stdout) == 2 ]] || fail "not the data behind the link"
[[ $(paths) == 'named/file named/sub/file named/to-file src/one/to-file ' ]] || fail "not what was named: $(paths)"

# Standard input.
head -c 3000000 /dev/urandom > noise
expect_exit 0 ebla backup --stdin --stdin-name dumps/noise.bin --time '2026-03-28T17:05:00.25+02:00' --tag x --host h --json < noise
expect_json 'd["files_new"] == 1 and d["bytes_processed"] == 3000000 and d["dirs_total"] == 1 and d["bytes_added"] > 3000000' stdout
ebla cat "$(json 'd["snapshot_id"]' stdout):/dumps/noise.bin" | cmp - noise
expect_exit 0 ebla snapshots --json
expect_json 'd[0]["paths"] == ["/dumps/noise.bin"] and d[0]["time"].startswith("2026-03-28T15:05:00.25") and d[0]["host"] == "h"' stdout
expect_exit 0 ebla check --read-data
expect_exit 0 ebla backup --stdin --time '2027-01-01 00:00:00' < /dev/null
expect_match '^/stdin: nothing came: the file is empty' stderr
expect_exit 0 ebla restore latest restored
[[ $(stat -c '%a %s %Y' restored/stdin) == "600 0 $(date -d '2027-01-01 00:00:00' +%s)" ]] || fail "not the file that came"
expect_exit 2 ebla backup --stdin --stdin-name x src
expect_exit 2 ebla backup --stdin-name x src
expect_exit 2 ebla backup src --time yesterday
expect_exit 1 ebla backup --stdin --stdin-name / < noise

# Commands: no shell looks at them, and what fails leaves no snapshot.
expect_exit 0 ebla snapshots --json; count=$(json 'len(d)' stdout)
expect_exit 0 ebla backup --stdin-name '/a b.txt' --from-command --time '2027-02-01 00:00:00' -- printf '%s|' '$HOME' --exclude '*'
[[ $(ebla cat 'latest:/a b.txt') == '$HOME|--exclude|*|' ]] || fail "not what the command printed"
expect_exit 1 ebla backup --from-command -- sh -c 'cat noise; echo to people >&2; exit 7'
expect_match '^to people$' stderr
expect_match "^ebla: The command 'sh' failed: exit code 7. No snapshot was made" stderr
expect_exit 1 ebla backup --from-command -- sh -c 'echo half; kill -9 $$'
expect_match 'signal 9' stderr
expect_exit 1 ebla backup --from-command -- ./no-such-program
expect_match "cannot be started" stderr
expect_exit 2 ebla backup --from-command
expect_exit 0 ebla snapshots --json
expect_json "len(d) == $count + 1" stdout
# Interrupted: the command ends with it.
# bash lets background processes ignore SIGINT.
env --default-signal=INT ebla backup --from-command -- sh -c 'echo $$ > pid; exec sleep 100' > stdout 2> stderr & running=$!
for (( i = 0; i < 300; i++ )); do [[ ! -s pid ]] || break; sleep 0.1; done
kill -INT "$running"
code=0; wait "$running" || code=$?
[[ $code == 130 ]] || fail "an interrupted backup exited $code"
if kill -0 "$(cat pid)" 2> kill.err; then fail "the command goes on"; fi

# All is read if that is wanted.
expect_exit 0 ebla backup src/one
expect_exit 0 ebla backup src/one --read-all --json
expect_json 'd["sentinel_files"] == 2 and d["files_unmodified"] == 2 and d["bytes_added"] < 4096' stdout
