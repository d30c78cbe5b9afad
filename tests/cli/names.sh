# shellcheck shell=bash
# File names are bytes: those that are not UTF-8 can be named as arguments, and nothing reaches the terminal that could act on it.
make_repository
bad=$'caf\xe9\xff'
mkdir "$bad" '@file' $'esc\e[31m'
echo 1 > "$bad/x"
echo 22 > '@file/x'
echo 333 > $'esc\e[31m/x'
expect_exit 0 ebla backup "$bad" '@file' $'esc\e[31m' --tag $'bell\a' --host $'h\xe4' --json
expect_json 'd["files_new"] == 3 and d["bytes_processed"] == 9' stdout
expect_exit 0 ebla snapshots
expect_match "h\\\\xe4 .*bell\\\\x07 .*/@file .*/caf\\\\xe9\\\\xff .*/esc\\\\x1b\[31m$" stdout
expect_exit 0 ebla snapshots --json
expect_json 'd[0]["tags"] == ["bell\a"] and d[0]["host"] == "h\\xe4" and d[0]["paths"][2].endswith("/esc\x1b[31m")' stdout
if LC_ALL=C grep -q $'[\e\a]' stdout; then
    fail "a control character in the output"
fi
expect_exit 3 ebla backup "$bad" $'missing\xfe'
expect_match "missing\\\\xfe: No such file" stderr
