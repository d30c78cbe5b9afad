# shellcheck shell=bash
export EBLA_REPOSITORY=$REPO EBLA_KEY_FILE=$WORK/key XDG_CACHE_HOME=$WORK/cache
available() { "$ROOT/ebla" version > /dev/null; }
version() { "$ROOT/ebla" version; }
init() { "$ROOT/ebla" init; }
backup() { "$ROOT/ebla" backup "$1"; }
restore() { "$ROOT/ebla" restore latest "$2"; }
verify() { "$ROOT/ebla" check --read-data; }
