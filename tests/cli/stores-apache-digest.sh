# shellcheck shell=bash
# Whole backups over WebDAV to Apache, with TLS and Digest: killed, dropped, stalled, resumed, restored, copied; and what goes wrong.
. "$ROOT/tests/cli/lib-stores"
start_server apache-dav AUTH=digest
trial
through_line
story

EBLA_STORE_PASSWORD=wrong expect_refusal 13 'password|credentials|user' on snapshots
expect_refusal 13 'permi|denied|may not|allow' on init --repo "${LOCATION/backup@/reader@}/x"
expect_refusal 10 'no repository' on snapshots --repo "$LOCATION/none"
refuse_nobody_there
start_server apache-dav AUTH=digest CERTIFICATE=expired
expect_refusal 13 'certificate.*(expired|valid from)' on snapshots --repo "$LOCATION/x"
if (( EUID == 0 )); then
    start_server apache-dav AUTH=digest FULL=1
    refuse_full "$LOCATION/x"
fi
