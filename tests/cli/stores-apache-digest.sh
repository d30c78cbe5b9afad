# shellcheck shell=bash
# Whole backups over WebDAV to Apache, with TLS and Digest: killed, dropped, stalled, resumed, restored, copied; and what goes wrong.
. "$ROOT/tests/cli/lib-stores"
start_server apache-dav AUTH=digest
trial
through_line
story

EBLA_STORE_PASSWORD=wrong expect_refusal 13 'password|credentials|user' on snapshots
expect_refusal 13 'permi|denied|may not|allow' on init --repo "${LOCATION/backup@/reader@}/x"
