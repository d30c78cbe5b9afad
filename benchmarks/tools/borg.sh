# shellcheck shell=bash
export BORG_PASSPHRASE=bench BORG_REPO=$REPO BORG_BASE_DIR=$WORK
available() { command -v borg > /dev/null; }
version() { borg --version; }
init() { borg init -e repokey-blake2; }
backup() { borg create -C zstd,3 "::$N" "$1"; }
restore() { cd "$2" && borg extract "::$(borg list --last 1 --format '{archive}')"; }
verify() { borg check --verify-data; }
