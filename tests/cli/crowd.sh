# shellcheck shell=bash
# A crowd of real processes on a folder.
make_repository
OPTIONS=()
. "$ROOT/tests/cli/lib-crowd"
