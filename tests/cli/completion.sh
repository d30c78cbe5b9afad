# shellcheck shell=bash
# The completion scripts are valid for their shells, and bash's completes.
for shell in bash zsh fish; do
    expect_exit 0 ebla completion "$shell"
    [[ -s stdout ]] || fail "no script for $shell"
done
expect_exit 2 ebla completion csh
ebla completion bash > script
bash -n script
# shellcheck disable=SC1091
. ./script

# complete LINE: what the script offers for the last word.
complete_line() {
    COMP_LINE=$1 COMP_POINT=${#1}
    read -ra COMP_WORDS <<< "$1"
    COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
    COMPREPLY=()
    _ebla
    echo "${COMPREPLY[*]}"
}
[[ $(complete_line "ebla backu") == backup ]] || fail "'backu': $(complete_line "ebla backu")"
[[ $(complete_line "ebla backup --desc") == --description ]] || fail "'--desc': $(complete_line "ebla backup --desc")"
[[ -z $(complete_line "ebla backup so") ]] || fail "'so' is for file names"
