# shellcheck shell=bash
export RESTIC_PASSWORD=bench RESTIC_REPOSITORY=$REPO RESTIC_CACHE_DIR=$WORK/cache
available() { command -v restic > /dev/null; }
version() { restic version; }
init() { restic init -q; }
backup() { restic backup -q "$1"; }
restore() { restic restore -q latest --target "$2"; }
verify() { restic check -q --read-data; }
