# shellcheck shell=bash
# Whole backups over WebDAV to nginx, which knows no conditions: killed, dropped, stalled, resumed, restored, copied; and what goes wrong.
. "$ROOT/tests/cli/lib-stores"
start_server nginx-dav
trial
through_line
story

EBLA_STORE_PASSWORD=wrong expect_refusal 13 'password|credentials|user' on snapshots
expect_refusal 10 'no repository' on snapshots --repo "$LOCATION/none"
refuse_nobody_there
if (( EUID == 0 )); then
    refuse_closed "${servers[-1]}/files/dav/closed" "$LOCATION/closed"
    start_server nginx-dav FULL=1
    refuse_full "$LOCATION/x" vague
fi
