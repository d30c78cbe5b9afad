# shellcheck shell=bash
# Whole backups over the REST protocol to rclone: killed, dropped, stalled, resumed, restored, copied; and what goes wrong.
. "$ROOT/tests/cli/lib-stores"
start_server rclone-rest
trial
through_line
story

EBLA_STORE_PASSWORD=wrong expect_refusal 13 'password|credentials|user' on snapshots
expect_refusal 10 'no repository' on snapshots --repo "$LOCATION/none"
refuse_nobody_there
if (( EUID == 0 )); then
    start_server rclone-rest FULL=1
    refuse_full "$LOCATION/x" 'connection broke|500'
fi
# Where nothing can be deleted, backups and restores go on.
start_server rclone-rest APPEND_ONLY=1
expect_exit 0 on backend test "$LOCATION" --quick --json
expect_json "d['fit'] and {t['name']: t['verdict'] for t in d['trials']}['delete'] == 'not_offered'" stdout
