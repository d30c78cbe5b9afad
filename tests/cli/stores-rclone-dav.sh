# shellcheck shell=bash
# Whole backups over WebDAV to rclone, which keeps pieces of broken uploads: killed, dropped, stalled, resumed, restored, copied.
. "$ROOT/tests/cli/lib-stores"
start_server rclone-dav
trial
through_line
story

EBLA_STORE_PASSWORD=wrong expect_refusal 13 'password|credentials|user' on snapshots
expect_refusal 10 'no repository' on snapshots --repo "$LOCATION/none"
refuse_nobody_there
start_server rclone-dav CERTIFICATE=expired
expect_refusal 13 'certificate.*(expired|valid from)' on snapshots --repo "$LOCATION/x"
expect_refusal 13 'certificate' ebla snapshots --repo "$LOCATION/x"
if (( EUID == 0 )); then
    start_server rclone-dav
    # It has one word, "conflict", for what it may not do and for what cannot be.
    refuse_closed "${servers[-1]}/files/closed" "$LOCATION/closed" 1 'says 409'
    start_server rclone-dav FULL=1
    refuse_full "$LOCATION/x"
fi
