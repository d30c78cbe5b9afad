# shellcheck shell=bash
# Wrong usage is told in a line or two and exits 2; help is at hand and says it all.
expect_exit 0 ebla
expect_match "^Commands:" stdout
for arguments in "bakup" "--nonsense" "snapshots --nonsense" "snapshots extra" "backup . --tag"; do
    # shellcheck disable=SC2086
    expect_exit 2 ebla $arguments
    [[ ! -s stdout ]] || fail "'$arguments': a message on standard output"
    expect_match "^Try: ebla.* --help$" stderr
done
expect_exit 2 ebla bakup
expect_match "^backup$" stderr
expect_exit 2 ebla backup
expect_match "^ebla: Say what to back up: ebla backup PATH" stderr

expect_exit 0 ebla --help
expect_match "^Exit codes:" stdout
sed -n '/^Commands:/,/^$/s/^  \([a-z]\+\).*/\1/p' stdout > commands
[[ $(wc -l < commands) -ge 4 ]] || fail "help lists too few commands"
while read -r command; do
    expect_exit 0 ebla "$command" --help
    expect_match "^Examples:" stdout
    expect_match "^  3 done, but something could not be read or restored" stdout
    expect_match "^ +ebla $command|^ +EBLA_[A-Z_]+=.* ebla $command" stdout
    expect_exit 0 ebla "$command" -h
done < commands

expect_exit 0 ebla version --json
expect_json 'sorted(d) == ["platform", "runtime", "version"] and d["version"] == "0.1.0"' stdout
