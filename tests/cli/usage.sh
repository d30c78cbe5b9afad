# shellcheck shell=bash
# Wrong usage is told in a line or two and exits 2; help is at hand and says it all.
expect_exit 0 ebla
expect_match "^Commands:" stdout
for arguments in "bakup" "--nonsense" "snapshots --nonsense" "snapshots extra" "backup . --tag"; do
    # shellcheck disable=SC2086
    expect_exit 2 ebla $arguments
    [[ ! -s stdout ]] || fail "'$arguments': a message on standard output"
    expect_match "^ebla: " stderr
    expect_match "^Try: ebla.* --help$" stderr
    [[ $(wc -l < stderr) == 2 ]] || { cat stderr; fail "'$arguments': not two lines"; }
done
expect_exit 2 ebla bakup
expect_match "^ebla: There is no command 'bakup'. Did you mean backup[?]$" stderr

# What begins with a dash and is no option is a mistake, not one more path, snapshot or target; behind -- it is a name.
for arguments in "backup . --dryrun" "backup --dryrun=x ." "forget latest --dryrun" "stats --nonsense" "restore latest --dryrun" "pin -x"; do
    # shellcheck disable=SC2086
    expect_exit 2 ebla $arguments
    expect_match "^ebla: There is no option -" stderr
done
expect_exit 2 ebla backup . --dryrun
expect_match "Did you mean --dry-run[?]$" stderr
expect_exit 10 ebla backup --repo "$PWD/none" -- --dryrun

# An empty value comes from an empty variable of a script: it must not mean something else.
for option in --repo --keep-tag --keep-id --host --tag --path; do
    expect_exit 2 ebla forget --keep-last 1 "$option" ""
done
expect_exit 2 ebla backup . --tag ""
# Nor is what is not UTF-8 an error of the program.
for option in --tag --description; do
    expect_exit 2 ebla backup . "$option" $'bad\xff'
    expect_match "^ebla: $option: what is given is not UTF-8[.]$" stderr
done
expect_exit 2 ebla forget --keep-tag $'bad\xff'
expect_exit 2 ebla policy set --keep-tag $'bad\xff'
expect_exit 2 ebla forget --keep-last 1 --path relative
expect_match "absolute" stderr
expect_exit 2 ebla snapshots --connections some
expect_match "^ebla: --connections: 'some' is no whole number[.]$" stderr

# A grace of days, also longer than the other durations may be.
expect_exit 10 ebla prune --repo "$PWD/none" --grace 90d
expect_exit 2 ebla prune --repo "$PWD/none" --wait 90d
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
