# shellcheck shell=bash
# The commands of the README's tour do what it says: every block marked "sh tour", in order, in one shell.
# A line "#> TEXT" says that the command before it printed TEXT.
mkdir -p "$HOME/Documents"
printf 'Dear reader\n' > "$HOME/Documents/letter.txt"
home=$PWD
sed -n '/^```sh tour$/,/^```$/p' "$ROOT/README.md" | grep -v '^```' > commands
(( $(grep -c '^\./ebla' commands) >= 8 )) || fail "the README has too few commands"

ebla --help > help
missing=() left_out=false check=0
while IFS= read -r line; do
    if [[ $line == '#> '* ]]; then
        [[ $left_out == false ]] || continue
        grep -qF -- "${line#'#> '}" "$home/printed" ||
            { cat "$home/printed"; fail "'$command' did not print '${line#'#> '}'"; }
        check=$(( check + 1 ))
        continue
    fi
    command=${line/#.\/ebla/ebla}
    command=${command/#tests\/reader/$ROOT/tests/reader}
    left_out=false
    if [[ $command =~ ^ebla\ ([a-z]+) ]] && ! grep -qE "^  ${BASH_REMATCH[1]}( |\$)" "$home/help"; then
        missing+=("${BASH_REMATCH[1]}") left_out=true
        continue
    fi
    [[ $command != *restored/* || -e $HOME/restored ]] || { left_out=true; continue; }
    echo "\$ $command"
    eval "$command" > "$home/printed" 2>&1 < /dev/null || { cat "$home/printed"; fail "'$line' failed"; }
done < commands
(( check + ${#missing[@]} >= 8 )) || fail "the README states too few outputs"
(( ${#missing[@]} == 0 )) || skip "the program does not have: ${missing[*]}"
cmp "$HOME/Documents/letter.txt" "$HOME/restored/letter.txt"
