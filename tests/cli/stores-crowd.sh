# shellcheck shell=bash
# A crowd of real processes on an object store.
start_server radosgw
export EBLA_REPOSITORY=$LOCATION/crowd EBLA_KEY_FILE=$PWD/key
expect_exit 0 ebla "${OPTIONS[@]}" init
. "$ROOT/tests/cli/lib-crowd"
